import { createHash } from 'node:crypto'
import type { RecordKey } from '../domain/records.ts'
import { DIRECT_ID, type RoomId } from '../domain/room.ts'
import type { UserId } from '../domain/user.ts'

// Every key of the table but those of shared modules (`I#`: idempotency, `Q`: limits, `W#`: tickets). A tenant holds no
// `#`, nor do a room's id and a user's name, so that no two keys are the same.

/** The primary key of an item, in plain values. */
export interface Key {
  readonly pk: string
  readonly sk: string
}

/** The partition of a room: its head, members, log, and messages. */
export function roomPk({ tenant, room }: RoomId): string {
  return `R#${tenant}#${room}`
}

/** Returns the room of a key in a room's partition. */
export function roomOf({ pk }: Key): string {
  return pk.slice(pk.lastIndexOf('#') + 1)
}

/** The partition of a user: rooms and connections. */
export function userPk({ tenant, user }: UserId): string {
  return `U#${tenant}#${user}`
}

/** Returns one text for a key, by which records are found in a map. */
export function keyName({ pk, sk }: Key): string {
  return JSON.stringify([pk, sk])
}

export function recordKey(id: RoomId, key: RecordKey): Key {
  if (key.record === 'upkeep') return upkeepKey(id)
  if (key.record === 'membership') return membershipKey({ tenant: id.tenant, user: key.user }, id.room)
  if (key.record === 'trace') return { pk: userPk({ tenant: id.tenant, user: key.user }), sk: TRACE + id.room }
  return { pk: roomPk(id), sk: recordSk(key) }
}

export const MEMBER = 'member#'
export const EVENT = 'event#'
export const MESSAGE = 'message#'

function recordSk(key: Exclude<RecordKey, { record: 'membership' | 'trace' | 'upkeep' }>): string {
  switch (key.record) {
    case 'room':
      return 'room'
    case 'commit':
      return `commit#${key.user}#${key.cid}`
    case 'message':
    case 'event':
      return `${key.record}#${sortable(key.seq)}`
    case 'reaction':
      return `${reactionsSk(key.user)}${sortable(key.seq)}#${key.emoji}`
    case 'reply':
      return `${repliesSk(key.root)}${sortable(key.seq)}`
    case 'mention':
      return `${mentionsSk(key.user)}${sortable(key.seq)}`
    case 'attachment':
      return `attachment#${key.id}`
    default:
      return `${key.record}#${key.user}`
  }
}

/** The start of the keys of a user's reactions, which go on with the number of the message. */
export function reactionsSk(user: string): string {
  return `reaction#${user}#`
}

/** The start of the keys of a thread's replies, which go on with the number of the reply. */
export function repliesSk(root: number): string {
  return `reply#${sortable(root)}#`
}

/** The start of the keys of messages that mention a user, which go on with the number of the message. */
export function mentionsSk(user: string): string {
  return `mention#${user}#`
}

/** The start of the keys of members who hear of every message. */
export const LISTENER = 'listener#'

/** The latest event about a message that some members missed. */
export function missedKey(id: RoomId, { seq, part }: { seq: number; part: number }): Key {
  return { pk: roomPk(id), sk: `missed#${sortable(seq)}#${part}` }
}

/** The end of every range of keys that go on with a number. */
export const LAST_NUMBER = '~'

/** Writes a number with as many digits as the largest safe integer, so that keys sort by it. */
export function sortable(seq: number): string {
  return String(seq).padStart(16, '0')
}

/** A room in a user's list. */
export function membershipKey(id: UserId, room: string): Key {
  return { pk: userPk(id), sk: `${MEMBERSHIP}${room}` }
}

export const MEMBERSHIP = 'room#'

/** The start of the keys of rooms that name a user. */
export const TRACE = 'trace#'

/** The replacement of a user by a pseudonym, as long as it is not done. */
export function pseudonymisationKey(id: UserId): Key {
  return { pk: userPk(id), sk: 'pseudonymisation' }
}

/** Counts a user's rooms. */
export function roomCountKey(id: UserId): Key {
  return { pk: userPk(id), sk: 'rooms' }
}

/** A live connection of a user. */
export function connectionKey(id: UserId, connectionId: string): Key {
  return { pk: userPk(id), sk: `${CONNECTION}${connectionId}` }
}

export const CONNECTION = 'connection#'

/** The presence of a user. */
export function presenceKey(id: UserId): Key {
  return { pk: userPk(id), sk: 'presence' }
}

/** The partition of the connections to which one worker delivers a room's events, and of its progress. */
export function shardPk({ tenant, room }: RoomId, shard: number): string {
  return `C#${tenant}#${room}#${shard}`
}

/** A connection of a member, in the shard of its room. */
export function recipientKey(id: RoomId, shard: number, connectionId: string): Key {
  return { pk: shardPk(id, shard), sk: `${CONNECTION}${connectionId}` }
}

/** The number of the newest event that a worker has delivered. */
export function progressKey(id: RoomId, shard: number): Key {
  return { pk: shardPk(id, shard), sk: 'progress' }
}

/** Returns one of so many shards: that with which a connection of a room is registered, or of a list that has a room. */
export function shardOf(name: string, shards: number): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % shards
}

/** The partition of the connections that watch a room. */
export function watchersPk({ tenant, room }: RoomId): string {
  return `V#${tenant}#${room}`
}

/** A connection that watches a room. */
export function watcherKey(id: RoomId, connectionId: string): Key {
  return { pk: watchersPk(id), sk: `${CONNECTION}${connectionId}` }
}

/** The latest time at which a user typed in a room. */
export function typingKey(id: RoomId, user: string): Key {
  return { pk: watchersPk(id), sk: `typing#${user}` }
}

/** Partitions of rooms that need work later. */
export const UPKEEP_SHARDS = 16

/** A partition of rooms that need work later, of all tenants. */
export function upkeepPk(shard: number): string {
  return `D#${shard}`
}

function upkeepKey({ tenant, room }: RoomId): Key {
  return { pk: upkeepPk(shardOf(room, UPKEEP_SHARDS)), sk: `${tenant}#${room}` }
}

/** Returns the room of a key in those partitions. */
export function roomOfUpkeep({ sk }: Key): RoomId {
  const [tenant = '', room = ''] = sk.split('#')
  return { tenant, room }
}

/** The id of the one direct room of a pair, in whichever order. */
export function directRoomId(tenant: string, pair: readonly [string, string]): string {
  const hash = createHash('sha256').update(JSON.stringify([tenant, ...[...pair].sort()]))
  return `${DIRECT_ID}${hash.digest('base64url').slice(0, 22)}`
}
