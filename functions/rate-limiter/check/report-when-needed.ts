import type { Charge } from '../../shared/rate-limit/policy.ts'
import type { DecideChecksDeps } from './decide-checks.ts'

type Report = DecideChecksDeps['report']

export interface ReportWhenNeededOptions {
  /** Loads what reports. */
  load: () => Promise<Report>
  count: (metric: 'DenialReportFailed') => void
}

/**
 * Loads what reports with the first request that may have something to tell: a denial, a decision that `onError` made, or
 * a limit of which a fifth is left. Most environments start without it. From then on it hears of every request.
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
