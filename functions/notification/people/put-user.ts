import type { Preconditions } from '../../shared/preconditions.ts'
import type { Documents, PutResult } from '../documents.ts'
import type { Profile } from '../domain/person.ts'
import type { UserId } from './preferences.ts'
import type { WithRetime } from './user-tasks.ts'

export type PutUser = (
  change: UserId & { profile: Profile; conditions: Preconditions },
  signal: AbortSignal,
) => Promise<PutResult<Profile>>

/** Creates the change of a user's profile. Another zone moves quiet hours that name none. */
export function createPutUser({ documents, withRetime }: { documents: Documents; withRetime: WithRetime }): PutUser {
  return async ({ tenant, userId, profile, conditions }, signal) => {
    const id = { tenant, kind: 'profile', userId } as const
    const put = () => documents.put({ id, value: profile, conditions }, signal)
    const before = await documents.read<Profile>(id, signal)
    const hasMoved = (before?.value.zone ?? null) !== profile.zone
    return hasMoved ? withRetime({ tenant, userId }, put, signal) : put()
  }
}
