import type { RoomEvent } from '../domain/event.ts'
import { newMember } from '../domain/member.ts'
import type { History, Room } from '../domain/room.ts'

export interface RoomSpec {
  readonly id: string
  /** The user who creates it. */
  readonly creator: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly version: string
}

/** Builds a new group with its creator as the owner. */
export function newGroup(spec: RoomSpec, { name, history }: { name: string; history: History }) {
  const room: Room = { ...emptyRoom(spec), kind: 'group', name, history, members: 1, owners: 1 }
  return { room, members: [newMember(spec.creator, { role: 'owner', joined: 1 })], event: created(spec, room) }
}

/** Builds the direct room of two users, in which both are plain members. */
export function newDirectRoom(spec: RoomSpec, pair: readonly [string, string]) {
  const room: Room = { ...emptyRoom(spec), kind: 'direct', name: null, history: 'all', members: 2, owners: 0, pair }
  return { room, members: pair.map((user) => newMember(user, { joined: 1 })), event: created(spec, room) }
}

function emptyRoom({ id, now, version }: RoomSpec) {
  const empty = { head: 1, headAt: now, pair: null, lastMessage: null, retentionDays: null, floor: 1, deletedAt: null }
  return { ...empty, id, createdAt: now, version, shards: 1 }
}

function created({ creator, now }: RoomSpec, room: Room): RoomEvent {
  const joined = room.pair ?? [creator]
  const content = { type: 'room', kind: room.kind, name: room.name, deleted: false } as const
  return { ...content, seq: 1, at: now, user: creator, shards: room.shards, joined }
}
