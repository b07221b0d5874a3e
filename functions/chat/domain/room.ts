import type { Member, NotifyLevel } from './member.ts'

/** The address of a room. */
export interface RoomId {
  readonly tenant: string
  readonly room: string
}

export type RoomKind = 'group' | 'direct'

/** The part of the past that a member may see: all of it, or what came after the member joined. */
export type History = 'all' | 'since-join'

/** The newest message of a room, as lists of rooms show it. A deleted one has no body. */
export interface LastMessage {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly user: string
  readonly body: string | null
}

/** A room's head: one item, which every commit of the room changes. */
export interface Room {
  readonly id: string
  readonly kind: RoomKind
  readonly name: string | null
  readonly history: History
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The number of the newest event. The first is 1. */
  readonly head: number
  /** The time of the newest event, in milliseconds since the epoch; it never decreases from one event to the next. */
  readonly headAt: number
  readonly members: number
  readonly owners: number
  /** The number of workers that deliver its events: see `shardsOf`. */
  readonly shards: number
  /** Both users of a direct room, in order. */
  readonly pair: readonly [string, string] | null
  readonly lastMessage: LastMessage | null
  /** Days for which messages live; without a limit if `null`. */
  readonly retentionDays: number | null
  /** The lowest number of an event that retention has left. */
  readonly floor: number
  /** Changes with each change of what clients set, and is the room's ETag. */
  readonly version: string
  /** The time of deletion in milliseconds since the epoch, after which nobody is a member. */
  readonly deletedAt: number | null
}

/** A room with the row of one of its members. */
export interface Membership {
  readonly room: Room
  readonly member: Member
}

/**
 * Reads a room as one of its members sees it now; `undefined` if the user is no member, or the room is deleted. Whoever
 * is a member by this read may see every event up to its head.
 */
export type ReadMembership = (id: RoomId & { user: string }, signal: AbortSignal) => Promise<Membership | undefined>

/** Returns the lowest number of an event that a member may see. */
export function floorOf({ room, member }: { room: Room; member: Pick<Member, 'joined'> }): number {
  return Math.max(room.floor, room.history === 'since-join' ? member.joined : 1)
}

/** The start of the id of every direct room. */
export const DIRECT_ID = 'd-'

/** Returns which messages notify a member without a live connection: by default mentions, in a direct room all. */
export function notifyLevelOf({ room, member }: Membership): NotifyLevel {
  return member.notify ?? (room.kind === 'direct' ? 'all' : 'mentions')
}

/** Members of a room, at most. */
export const MAX_MEMBERS = 10_000

/** Rooms of a user, at most. */
export const MAX_ROOMS = 1000

/** Members up to which one worker delivers a room's events. */
const MEMBERS_PER_SHARD = 250

/**
 * Returns the number of workers that deliver a room's events side by side: 1 to 40. A room keeps those that it had
 * (`before`) when members leave, because connections stay registered with them: a connection that was registered when
 * the room had fewer is delivered to all the same.
 */
export function shardsOf(members: number, before = 1): number {
  return Math.min(Math.max(Math.ceil(members / MEMBERS_PER_SHARD), before), MAX_MEMBERS / MEMBERS_PER_SHARD)
}
