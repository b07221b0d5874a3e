import type { Clock } from '../../shared/clock.ts'
import { firstOfHour } from '../domain/denials.ts'
import type { Hitter } from '../domain/heavy-hitters.ts'
import type { StoredPolicy } from '../domain/policy.ts'

/** Reads the denials of a policy in each minute since the one that is named. */
export type ReadDenied = (
  query: { tenant: string; policy: string; since: string },
  signal: AbortSignal,
) => Promise<(readonly Hitter[])[]>

export interface TopSubjectsDeps {
  read: (id: { tenant: string; name: string }, signal: AbortSignal) => Promise<StoredPolicy | undefined>
  readDenied: ReadDenied
  now: Clock
}

export interface DeniedSubject {
  readonly subject: string
  /** Never more than it was denied. */
  readonly count: number
}

export type TopSubjects = (
  id: { tenant: string; name: string },
  signal: AbortSignal,
) => Promise<DeniedSubject[] | undefined>

const MAX_SUBJECTS = 100

/** Finds the subjects that a policy denied most often in the last hour; `undefined` if there is no such policy. */
export function topSubjects({ read, readDenied, now }: TopSubjectsDeps): TopSubjects {
  return async ({ tenant, name }, signal) => {
    const [policy, minutes] = await Promise.all([
      read({ tenant, name }, signal),
      readDenied({ tenant, policy: name, since: firstOfHour(now()) }, signal),
    ])
    if (!policy) return undefined
    const counts = new Map<string, number>()
    for (const { key, count, error } of minutes.flat()) counts.set(key, (counts.get(key) ?? 0) + count - error)
    return [...counts]
      .map(([subject, count]) => ({ subject, count }))
      .sort((a, b) => b.count - a.count || (a.subject < b.subject ? -1 : 1))
      .slice(0, MAX_SUBJECTS)
  }
}
