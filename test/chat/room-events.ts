import type { EventContent, RoomEvent } from '../../functions/chat/domain/event.ts'
import type { Room } from '../../functions/chat/domain/room.ts'

/** A room for tests of delivery. */
export function aRoom(more: Partial<Room> = {}): Room {
  const times = { createdAt: 0, headAt: 0, deletedAt: null }
  const numbers = { head: 1, members: 2, owners: 1, shards: 1, floor: 1 }
  const rest = { pair: null, lastMessage: null, retentionDays: null, version: 'v1' }
  return { id: 'room-1', kind: 'group', name: 'Tea', history: 'all', ...times, ...numbers, ...rest, ...more }
}

export function anEvent(seq: number, content: EventContent, more: Partial<RoomEvent> = {}): RoomEvent {
  return { ...content, seq, at: 1000 + seq, user: 'ann', shards: 1, ...more } as RoomEvent
}

export function aMessage(body = 'Hi'): EventContent {
  return { type: 'message', body, threadRoot: null, attachments: [], mentions: [] }
}

/** The content of an event by which a user joins, or leaves if the role is `null`. */
export function aMembership(user: string, role: 'member' | null): EventContent {
  return { type: 'member', member: { user, role, muted: false } }
}
