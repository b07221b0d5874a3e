import type * as z from 'zod/mini'
import { floorOf, type Membership, notifyLevelOf } from '../domain/room.ts'
import { toTime } from '../fields.ts'
import type { roomAnswer } from './schema.ts'
import type { Unread } from './unread.ts'

export type RoomView = z.output<typeof roomAnswer>

/** Shows a room as one of its members sees it. */
export function roomView(membership: Membership, { unread, mentions }: Unread): RoomView {
  const { room, member } = membership
  const floor = floorOf(membership)
  const last = room.lastMessage
  return {
    id: room.id,
    kind: room.kind,
    name: room.name,
    with: room.pair?.find((user) => user !== member.user) ?? null,
    history: room.history,
    retentionDays: room.retentionDays,
    createdAt: toTime(room.createdAt),
    activeAt: toTime(room.headAt),
    members: room.members,
    role: member.role,
    muted: member.muted,
    notify: notifyLevelOf(membership),
    head: room.head,
    floor,
    read: member.read,
    unread,
    mentions,
    lastMessage:
      last && last.seq >= floor ? { seq: last.seq, ts: toTime(last.at), user: last.user, body: last.body } : null,
  }
}
