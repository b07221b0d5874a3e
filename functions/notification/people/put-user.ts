import type { Preconditions } from '../../shared/preconditions.ts'
import type { Settle } from '../../shared/resilience/settle.ts'
import { type Documents, isWanted, type PutResult, sameAs } from '../documents.ts'
import type { Profile } from '../domain/person.ts'
import type { UserId } from './preferences.ts'
import type { WithRetime } from './user-tasks.ts'

export type PutUser = (
  change: UserId & { profile: Profile; conditions: Preconditions },
  signal: AbortSignal,
) => Promise<PutResult<Profile>>

export interface PutUserDeps {
  documents: Documents
  withRetime: WithRetime
  settle: Settle
}

/** Creates the change of a user's profile. Another zone moves quiet hours that name none. */
export function createPutUser({ documents, withRetime, settle }: PutUserDeps): PutUser {
  return ({ tenant, userId, profile, conditions }, signal) =>
    settle(async () => {
      const id = { tenant, kind: 'profile', userId } as const
      const before = await documents.read<Profile>(id, signal)
      if (!isWanted(conditions, before?.version)) return { outcome: 'stale' as const }
      // Another request may set another zone meanwhile: only what was compared is replaced.
      const put = () => documents.put({ id, value: profile, conditions: sameAs(before) }, signal)
      const hasMoved = (before?.value.zone ?? null) !== profile.zone
      const result = await (hasMoved ? withRetime({ tenant, userId }, put, signal) : put())
      return result.outcome === 'stale' ? 'raced' : result
    }, signal)
}
