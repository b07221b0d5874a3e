import { newMember } from '../../../functions/chat/domain/member.ts'
import type { LastMessage, Room } from '../../../functions/chat/domain/room.ts'
import { listRooms, type RoomPosition } from '../../../functions/chat/rooms/list-rooms.ts'
import { readUnread } from '../../../functions/chat/rooms/unread.ts'
import { aRoom, NOW } from '../situation.ts'

const { signal } = new AbortController()

/** Lists rooms of ann, who has read up to 5 in each, and is no member of those in `left` any more. */
function listing(rooms: readonly Partial<Room>[], left: readonly string[] = []) {
  const counted: string[] = []
  const list = listRooms({
    readRooms: async () => rooms.map((room) => aRoom(room)),
    readRows: async ({ rooms: ids }) =>
      new Map(ids.filter((id) => !left.includes(id)).map((id) => [id, newMember('ann', { joined: 5 })])),
    readUnread: readUnread(async ({ room, after }) => {
      counted.push(`${room} after ${after}`)
      return { unread: 3, mentions: 1 }
    }),
  })
  const page = async (limit: number, after?: RoomPosition) => {
    const { items, next } = await list({ tenant: 'acme', user: 'ann', limit, after }, signal)
    return { ids: items.map(({ id }) => id), items, next }
  }
  return { page, counted }
}

const last = (seq: number): LastMessage => ({ seq, at: NOW, user: 'bob', body: 'Hi' })

test('rooms that were active at the same moment have an order, too, so that no page repeats or leaves one out', async () => {
  const { page } = listing(['c', 'a', 'e', 'b', 'd'].map((id) => ({ id, headAt: id === 'e' ? NOW + 1 : NOW })))
  const first = await page(2)
  const second = await page(2, first.next)
  const third = await page(2, second.next)
  expect([first, second, third].map(({ ids }) => ids)).toEqual([['e', 'a'], ['b', 'c'], ['d']])
  expect(third.next).toBeUndefined()
})

test('unread messages are counted on the page alone, and only where there are newer ones', async () => {
  const { page, counted } = listing([
    { id: 'new', headAt: NOW + 3, lastMessage: last(6) },
    { id: 'read', headAt: NOW + 2, lastMessage: last(5) },
    { id: 'silent', headAt: NOW + 1, lastMessage: null },
    { id: 'beyond', headAt: NOW, lastMessage: last(6) },
  ])
  const { items } = await page(3)
  expect(items.map(({ unread, mentions }) => [unread, mentions])).toEqual([
    [3, 1],
    [0, 0],
    [0, 0],
  ])
  expect(counted).toEqual(['new after 5'])
})

test('messages below the floor are not counted', async () => {
  const { page, counted } = listing([{ id: 'kept', floor: 9, lastMessage: last(20) }])
  await page(1)
  expect(counted).toEqual(['kept after 8'])
})

test('a room that the user leaves meanwhile is left out, and the next page begins after it', async () => {
  const { page } = listing([{ id: 'a' }, { id: 'b' }, { id: 'c' }], ['b'])
  const first = await page(2)
  expect([first.ids, first.next?.id]).toEqual([['a'], 'b'])
  expect((await page(2, first.next)).ids).toEqual(['c'])
})
