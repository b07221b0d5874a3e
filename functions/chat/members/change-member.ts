import type { Cause } from '../../shared/events/event.ts'
import type { Commit, CommitResult, Decide } from '../domain/commit.ts'
import type { Member } from '../domain/member.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'
import type { NotCommitted } from '../problems.ts'
import {
  type AskedMember,
  decideBan,
  decideMember,
  decideRemoval,
  decideUnban,
  type PutOptions,
} from './decide-member.ts'

export interface MemberInput extends RoomId {
  /** The user who asks. */
  readonly user: string
  /** The user who is added, changed, removed or banned. */
  readonly member: string
  readonly cause: Cause
}

export type PutInput = MemberInput & PutOptions

export type PutMemberResult =
  | { readonly outcome: 'added' | 'changed'; readonly member: Member }
  /** The member was changed, and removed by somebody else right after it. */
  | { readonly outcome: 'removed' }
  | NotCommitted

/** The use cases that change who is in a room, and as what. */
export interface ChangeMembers {
  put: (input: PutInput & { asked: AskedMember }, signal: AbortSignal) => Promise<PutMemberResult>
  remove: (input: MemberInput, signal: AbortSignal) => Promise<CommitResult>
  ban: (input: PutInput, signal: AbortSignal) => Promise<CommitResult>
  unban: (input: MemberInput, signal: AbortSignal) => Promise<CommitResult>
}

export function changeMembers({ commit, read }: { commit: Commit; read: ReadMembership }): ChangeMembers {
  const commitFor = ({ member, ...input }: MemberInput, decide: Decide, signal: AbortSignal) =>
    commit(
      {
        ...input,
        reads: [
          { record: 'member', user: member },
          { record: 'ban', user: member },
        ],
        decide,
      },
      signal,
    )
  return {
    async put({ asked, onlyIfAbsent, ...input }, signal) {
      const result = await commitFor(input, decideMember(input.member, { ...asked, onlyIfAbsent }), signal)
      if (result.outcome !== 'committed') return result
      const { tenant, room, member } = input
      const after = await read({ tenant, room, user: member }, signal)
      if (!after) return { outcome: 'removed' }
      const isNew = !result.dup && after.member.joined === result.seq
      return { outcome: isNew ? 'added' : 'changed', member: after.member }
    },
    remove: (input, signal) => commitFor(input, decideRemoval(input.member), signal),
    ban: ({ onlyIfAbsent, ...input }, signal) => commitFor(input, decideBan(input.member, { onlyIfAbsent }), signal),
    unban: (input, signal) => commitFor(input, decideUnban(input.member), signal),
  }
}
