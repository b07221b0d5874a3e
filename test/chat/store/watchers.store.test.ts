import { randomUUID } from 'node:crypto'
import { deleteRoom } from '../../../functions/chat/rooms/change-room.ts'
import { newTenant } from '../../support/cloud.ts'
import { CAUSE } from '../cause.ts'
import { deliveryTable } from './delivery-table.ts'

const world = await deliveryTable()
const { signal } = new AbortController()
const { setWatched, listWatchers, takeTyping, touch, get } = world.sockets

async function roomsOf(user: string, count: number) {
  const tenant = newTenant()
  const ids = Array.from({ length: count }, () => ({ tenant, room: randomUUID() }))
  await Promise.all(ids.map((id) => world.group(['ann', user], id)))
  return { tenant, ids, rooms: ids.map(({ room }) => room) }
}

test('the watched rooms are replaced as a whole', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 3)
  const bob = await world.connect(tenant, 'bob')
  const watcher = { connectionId: bob.connectionId, user: 'bob' }
  const watchers = () => Promise.all(ids.map((id) => listWatchers(id, signal)))
  expect(await setWatched(bob, rooms.slice(0, 2), signal)).toBe('watched')
  expect(await watchers()).toEqual([[watcher], [watcher], []])
  expect(await setWatched(bob, rooms.slice(1), signal)).toBe('watched')
  expect(await watchers()).toEqual([[], [watcher], [watcher]])
  expect(await get(bob, signal)).toMatchObject({ watched: rooms.slice(1) })
  expect(await setWatched(bob, [], signal)).toBe('watched')
  expect(await watchers()).toEqual([[], [], []])
})

test('a room of which the user is no member changes nothing', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 1)
  const strange = await world.group(['ann'], { tenant, room: randomUUID() })
  const bob = await world.connect(tenant, 'bob')
  await setWatched(bob, rooms, signal)
  expect(await setWatched(bob, [strange.room], signal)).toBe('not-member')
  expect(await Promise.all([...ids, strange].map((id) => listWatchers(id, signal)))).toMatchObject([[{}], []])
})

test('a room that was deleted can’t be watched', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 2)
  const [deleted = { tenant, room: '' }] = ids
  const bob = await world.connect(tenant, 'bob')
  const outcome = await deleteRoom(world.commit)({ ...deleted, user: 'ann', conditions: {}, cause: CAUSE }, signal)
  expect(outcome).toMatchObject({ outcome: 'committed' })
  expect(await setWatched(bob, rooms, signal)).toBe('not-member')
  expect(await setWatched(bob, rooms.slice(1), signal)).toBe('watched')
  expect(await Promise.all(ids.map((id) => listWatchers(id, signal)))).toMatchObject([[], [{}]])
})

test('of two changes at once the watchers are those of the later one', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 4)
  const bob = await world.connect(tenant, 'bob')
  await Promise.all([setWatched(bob, rooms.slice(0, 2), signal), setWatched(bob, rooms.slice(2), signal)])
  const record = await get(bob, signal)
  const watching = await Promise.all(ids.map(async (id) => (await listWatchers(id, signal)).length))
  expect(watching).toEqual(rooms.map((room) => (record?.watched.includes(room) ? 1 : 0)))
})

test('a closed connection watches nothing', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 2)
  const bob = await world.connect(tenant, 'bob')
  await setWatched(bob, rooms, signal)
  await world.disconnect(bob)
  expect(await Promise.all(ids.map((id) => listWatchers(id, signal)))).toEqual([[], []])
})

test('a frame that comes behind the end of its connection watches nothing, and is no failure', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 1)
  const bob = await world.connect(tenant, 'bob')
  await world.disconnect(bob)
  expect(await setWatched(bob, rooms, signal)).toBe('contended')
  expect(await Promise.all(ids.map((id) => listWatchers(id, signal)))).toEqual([[]])
})

test('a removed member no longer watches', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 1)
  const [id = { tenant, room: '' }] = ids
  const bob = await world.connect(tenant, 'bob')
  await setWatched(bob, rooms, signal)
  await world.remove(id, 'bob')
  await world.work(id)
  expect(await listWatchers(id, signal)).toEqual([])
})

test('a removal that comes late leaves what a member watches who joined again meanwhile', async () => {
  const { tenant, ids, rooms } = await roomsOf('bob', 1)
  const [id = { tenant, room: '' }] = ids
  const bob = await world.connect(tenant, 'bob')
  const shard = { id, shard: 0 }
  const [before] = await world.workers.list(shard, signal)
  if (!before) throw new Error('The connection is not registered.')
  await world.remove(id, 'bob')
  const joined = await world.add(id, 'bob')
  expect(await setWatched(bob, rooms, signal)).toBe('watched')
  await world.workers.forget.removed(shard, before, signal)
  expect(await listWatchers(id, signal)).toMatchObject([{ user: 'bob' }])
  await world.workers.forget.removed(shard, { ...before, joined }, signal)
  expect(await listWatchers(id, signal)).toEqual([])
})

test('others are notified once in a time that a user types, whichever of two requests comes first', async () => {
  const typing = { tenant: newTenant(), room: randomUUID(), user: 'bob', everyMs: 3000 }
  const taken = await Promise.all([1, 2, 3].map(() => takeTyping({ ...typing, now: 10_000 }, signal)))
  expect(taken.filter(Boolean)).toHaveLength(1)
  expect(await takeTyping({ ...typing, now: 12_999 }, signal)).toBe(false)
  expect(await takeTyping({ ...typing, now: 13_000 }, signal)).toBe(true)
  expect(await takeTyping({ ...typing, user: 'ann', now: 13_000 }, signal)).toBe(true)
})

test('a connection that was forgotten can’t be touched', async () => {
  const tenant = newTenant()
  const bob = await world.connect(tenant, 'bob')
  expect(await touch(bob, 42, signal)).toMatchObject({ connectionId: bob.connectionId, seenAt: 42, watched: [] })
  await world.disconnect(bob)
  expect(await touch(bob, 43, signal)).toBeUndefined()
  expect(await get(bob, signal)).toBeUndefined()
})
