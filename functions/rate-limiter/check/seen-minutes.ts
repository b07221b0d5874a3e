import type { Clock } from '../../shared/clock.ts'
import { type DenialReport, MAX_DEGRADED_POLICIES, MAX_DENIED_SUBJECTS, minuteOf } from '../domain/denials.ts'
import { createHeavyHitters, type HeavyHitters } from '../domain/heavy-hitters.ts'
import type { DecisionsMade } from './decide-checks.ts'

/** The denials and fallback decisions of an environment that are not sent yet, by minute. */
export interface SeenMinutes {
  add: (made: DecisionsMade) => void
  /** Returns one report for each policy and minute, and forgets all. */
  take: () => DenialReport[]
}

/** While nothing can be sent, older minutes are forgotten. */
const MAX_MINUTES = 3

interface Minute {
  /** By tenant, policy and subject. */
  readonly denied: HeavyHitters
  /** By tenant and policy. */
  readonly degraded: HeavyHitters
}

/**
 * Remembers denials and fallback decisions in bounded memory. Peeks are no denials, nor is what `onError` denied: that is
 * about the table, and not about the subject.
 */
export function createSeenMinutes(now: Clock): SeenMinutes {
  const minutes = new Map<string, Minute>()
  return {
    add({ tenant, checks, decided: { allowed, decisions } }) {
      for (const [index, { policy, subject, degraded, ...decision }] of decisions.entries()) {
        if (degraded) minuteIn(minutes, now()).degraded.add(`${tenant}#${policy}`, 1)
        else if (!allowed && !decision.allowed && !checks[index]?.peek) {
          minuteIn(minutes, now()).denied.add(`${tenant}#${policy}#${subject}`, 1)
        }
      }
    },
    take() {
      const reports = [...minutes].flatMap(([minute, seen]) => toReports(minute, seen))
      minutes.clear()
      return reports
    },
  }
}

function minuteIn(minutes: Map<string, Minute>, now: number): Minute {
  const name = minuteOf(now)
  const minute = minutes.get(name) ?? {
    denied: createHeavyHitters(MAX_DENIED_SUBJECTS),
    degraded: createHeavyHitters(MAX_DEGRADED_POLICIES),
  }
  minutes.set(name, minute)
  for (const oldest of minutes.keys()) {
    if (minutes.size <= MAX_MINUTES) break
    minutes.delete(oldest)
  }
  return minute
}

type Report = DenialReport & { denied: [string, number][]; degraded?: number }

/** Builds the reports of a minute, one for each policy. Neither a tenant nor a policy's name holds a `#`. */
function toReports(minute: string, { denied, degraded }: Minute): DenialReport[] {
  const byPolicy = new Map<string, Report>()
  const reportOf = (tenant = '', policy = '') => {
    const id = `${tenant}#${policy}`
    const report: Report = byPolicy.get(id) ?? { tenant, policy, minute, denied: [] }
    byPolicy.set(id, report)
    return report
  }
  for (const { key, count, error } of denied.list()) {
    const [tenant, policy, ...subject] = key.split('#')
    reportOf(tenant, policy).denied.push([subject.join('#'), count - error])
  }
  for (const { key, count, error } of degraded.list()) {
    const [tenant, policy] = key.split('#')
    reportOf(tenant, policy).degraded = count - error
  }
  return [...byPolicy.values()]
}
