import { type CommitOptions, createCommit } from './commit.ts'
import { createConnectionRecords } from './connections.ts'
import { createForgetUser } from './forget-user.ts'
import { createReadMembers } from './members.ts'
import { createMemberships } from './memberships.ts'
import { createPseudonymisations } from './pseudonymisations.ts'
import { createReplaceUser } from './replace-user.ts'

/** Creates all access to the table that the pseudonymising of users needs. */
export function createPseudonymiseStore(options: Omit<CommitOptions, 'forgetDeletedRooms' | 'rate'>) {
  const { forgetDeletedRooms } = createMemberships(options)
  return {
    ...createPseudonymisations(options),
    ...createForgetUser(options),
    // The user's own limit must not be in the way.
    commit: createCommit({ ...options, forgetDeletedRooms, rate: { perSecond: 1000, burst: 1000 } }),
    readMembers: createReadMembers(options),
    replace: createReplaceUser(options),
    listConnections: createConnectionRecords(options).list,
  }
}
