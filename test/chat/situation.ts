import type { Situation } from '../../functions/chat/domain/commit.ts'
import { newMember } from '../../functions/chat/domain/member.ts'
import type { RecordKey } from '../../functions/chat/domain/records.ts'
import type { Room } from '../../functions/chat/domain/room.ts'
import { newGroup } from '../../functions/chat/rooms/new-room.ts'

export const NOW = Date.parse('2026-03-12T19:03:58.005Z')

/** A group with one owner and as many members as a test says. */
export function aRoom(of: Partial<Room> = {}): Room {
  const { room } = newGroup({ id: 'tea', creator: 'olga', now: NOW, version: 'v1' }, { name: 'Tea', history: 'all' })
  return { ...room, head: 7, ...of }
}

/** The situation of a decision, with these records beside the room and the member who asks. */
export function aSituation({
  actor = newMember('olga', { role: 'owner', joined: 1 }),
  room = aRoom(),
  records = [],
}: Partial<Pick<Situation, 'actor' | 'room'>> & {
  records?: readonly (readonly [RecordKey, object])[]
} = {}): Situation {
  const name = (key: RecordKey) => JSON.stringify(Object.entries(key).sort())
  const found = new Map(records.map(([key, value]) => [name(key), value]))
  return {
    actor,
    room,
    now: NOW,
    seq: room.head + 1,
    at: Math.max(NOW, room.headAt),
    view: { get: (key) => found.get(name(key)) as never },
  }
}
