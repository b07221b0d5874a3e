import type { Charge } from '../../shared/rate-limit/policy.ts'
import type { DecideChecksDeps } from './decide-checks.ts'

type Report = DecideChecksDeps['report']

export interface ReportWhenNeededOptions {
  /** Loads the reporters. */
  load: () => Promise<Report>
  count: (metric: 'DenialReportFailed') => void
}

/**
 * Loads the reporters with the first request that needs one: a denial, a fallback decision, or a limit of which a fifth is
 * left. Most environments start without them. From then on they get every request.
 */
export function reportWhenNeeded({ load, count }: ReportWhenNeededOptions): Report {
  let loaded: Report | undefined
  return async (made, signal) => {
    const isNeeded = made.decided.decisions.some((each) => !each.allowed || each.degraded || each.charges.some(isFull))
    if (!loaded && !isNeeded) return
    try {
      loaded ??= await load()
    } catch {
      return count('DenialReportFailed')
    }
    await loaded(made, signal)
  }
}

function isFull({ after }: Charge): boolean {
  if (!after) return false
  const { limit, burst = limit } = after.policy
  return after.remaining * 5 <= burst
}
