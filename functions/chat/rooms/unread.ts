import { floorOf, type Membership, type RoomId } from '../domain/room.ts'

/** The messages of a room that a user hasn't read. */
export interface UnreadQuery extends RoomId {
  readonly user: string
  /** Messages above this number are counted. */
  readonly after: number
}

/** Messages of others that weren't deleted, up to `MAX_UNREAD`; `mentions` are those that mention the user, or all. */
export interface Unread {
  readonly unread: number
  readonly mentions: number
}

export type CountUnread = (query: UnreadQuery, signal: AbortSignal) => Promise<Unread>

/** The counts are exact up to 99; more are 100. */
export const MAX_UNREAD = 100

export type ReadUnread = (membership: Membership & { tenant: string }, signal: AbortSignal) => Promise<Unread>

/** Counts what a member hasn't read. Most rooms have nothing new, which their heads tell already. */
export function readUnread(count: CountUnread): ReadUnread {
  return async ({ tenant, ...membership }, signal) => {
    const { room, member } = membership
    const after = Math.max(member.read, floorOf(membership) - 1)
    if (!room.lastMessage || room.lastMessage.seq <= after) return { unread: 0, mentions: 0 }
    return count({ tenant, room: room.id, user: member.user, after }, signal)
  }
}
