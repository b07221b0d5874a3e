import { AppError } from '../../shared/errors.ts'
import type { Cause } from '../../shared/events/event.ts'
import { type Change, type Commit, type Decide, refuse } from '../domain/commit.ts'
import { isAtLeast, type Member } from '../domain/member.ts'
import { traceOf } from '../domain/pseudonym.ts'
import type { Write } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import { PURGE_AFTER_MS } from '../domain/upkeep.ts'

export interface LeaveRoomDeps {
  /** A commit without a limit of the rate. */
  commit: Commit
  /** Reads members by name, consistently; `next` is the last one's name if there are more. */
  readMembers: (
    range: RoomId & { readonly after: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ) => Promise<{ readonly members: readonly Member[]; readonly next?: string }>
}

/** Ends a membership for good: of any room, by whoever it is. Nothing happens if there is none. */
export type LeaveRoom = (
  member: RoomId & { readonly user: string; readonly cause: Cause },
  signal: AbortSignal,
) => Promise<void>

/** Members that are read together, of whom one becomes an owner. */
const MEMBERS_AT_ONCE = 1000

/** Tries, while heirs leave at the same time. */
const MAX_TRIES = 5

/**
 * Creates what lets a user leave a room, from which nobody is told apart afterwards. The last owner first makes the
 * oldest admin an owner, or else the oldest member; the room of a last member is deleted.
 *
 * @throws AppError (retryable) when others kept changing the room, and what the commit and the read throw.
 */
export function createLeaveRoom({ commit, readMembers }: LeaveRoomDeps): LeaveRoom {
  async function heirOf({ user, ...id }: RoomId & { user: string }, signal: AbortSignal): Promise<string | undefined> {
    let oldest: Member | undefined
    let after: string | undefined
    do {
      const { members, next } = await readMembers({ ...id, after, limit: MEMBERS_AT_ONCE }, signal)
      for (const member of members) {
        if (member.user !== user && (!oldest || precedes(member, oldest))) oldest = member
      }
      after = next
    } while (after !== undefined)
    return oldest?.user
  }

  return async ({ cause, ...member }, signal) => {
    const { user, ...id } = member
    const change = (decide: Decide, heir?: string) =>
      commit({ ...id, user, cause, decide, ...(heir && { reads: [{ record: 'member', user: heir }] }) }, signal)
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const left = await change(decideLeaving)
      if (left.outcome === 'committed' || (left.outcome === 'refused' && left.code === 'not-member')) return
      const heir = left.outcome === 'refused' ? await heirOf(member, signal) : undefined
      if (heir) await change(decideInheritance(heir), heir)
    }
    throw new AppError('conflict', 'Others kept changing the room', { retryable: true })
  }
}

/** Admins come before members, and who joined earlier before who joined later. */
function precedes(a: Member, b: Member): boolean {
  const [first, second] = [isAtLeast(a.role, 'admin'), isAtLeast(b.role, 'admin')]
  return first === second ? a.joined < b.joined : first
}

/** Decides on leaving: of any room, but not as its last owner as long as there are others. */
export const decideLeaving: Decide = ({ room, actor, at, seq }) => {
  const { user } = actor
  const [isLast, isOwner] = [room.members === 1, actor.role === 'owner']
  if (isOwner && room.owners === 1 && !isLast) return refuse('last-owner', 'The room has no other owner.')
  const numbers = { members: room.members - 1, owners: room.owners - Number(isOwner) }
  const gone = { writes: removalOf(user, seq), left: [user] }
  if (!isLast) return { ...memberChange(user, null, false), ...gone, room: numbers }
  const { kind, name } = room
  const content = { type: 'room', kind, name, deleted: true } as const
  const purge: Write = { key: { record: 'upkeep' }, put: { dueAt: at + PURGE_AFTER_MS } }
  return {
    outcome: 'change',
    content,
    room: { ...numbers, deletedAt: at, lastMessage: null },
    writes: [...gone.writes, purge],
    left: gone.left,
  }
}

/** Decides on making another member an owner, unless the room has one beside the user who leaves. */
export function decideInheritance(heir: string): Decide {
  return ({ room, view }) => {
    const member = view.get({ record: 'member', user: heir })
    if (!member) return refuse('not-found', 'The heir has left.')
    if (room.owners > 1 || member.role === 'owner') return { outcome: 'unchanged', seq: room.head, at: room.headAt }
    return {
      ...memberChange(heir, 'owner', member.muted),
      room: { owners: room.owners + 1 },
      writes: [{ key: { record: 'member', user: heir }, set: { role: 'owner' } }],
    }
  }
}

function memberChange(user: string, role: 'owner' | null, muted: boolean): Change {
  return {
    outcome: 'change',
    content: { type: 'member', member: { user, role, muted }, banned: false },
    publish: 'chat.member.changed',
  }
}

function removalOf(user: string, seq: number): Write[] {
  return [
    { key: { record: 'member', user }, remove: true },
    { key: { record: 'membership', user }, remove: true },
    { key: { record: 'listener', user }, remove: true },
    // The room is still to be searched, after this step failed, too.
    traceOf(user, { seq }),
  ]
}
