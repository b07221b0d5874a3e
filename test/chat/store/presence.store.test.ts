import type { Presence } from '../../../functions/chat/domain/presence.ts'
import { createReadOnline } from '../../../functions/chat/store/presence.ts'
import { createPresenceStore } from '../../../functions/chat/store/presence-store.ts'
import { newTenant } from '../../support/cloud.ts'
import { deliveryTable } from './delivery-table.ts'

const world = await deliveryTable()
const store = createPresenceStore(world.options)
const { signal } = new AbortController()
const presence = (online: boolean, revision: number): Presence => ({ online, notified: true, revision })

test('of two changes of a presence one is written', async () => {
  const user = { tenant: newTenant(), user: 'ann' }
  expect(await store.readPresence(user, signal)).toBeUndefined()
  const change = { ...user, before: undefined, after: presence(true, 1) }
  const written = await Promise.all([1, 2, 3].map(() => store.writePresence(change, signal)))
  expect(written.filter(Boolean)).toHaveLength(1)
  expect(await store.readPresence(user, signal)).toEqual(presence(true, 1))
  expect(await store.writePresence({ ...user, before: presence(true, 1), after: presence(false, 2) }, signal)).toBe(
    true,
  )
  expect(await store.writePresence({ ...user, before: presence(true, 1), after: presence(true, 2) }, signal)).toBe(
    false,
  )
})

test('a silent connection vanishes unless it sent a ping, and keeps what it watches when it shows up again', async () => {
  const id = await world.group(['ann', 'bob'])
  const bob = await world.connect(id.tenant, 'bob')
  await world.sockets.setWatched(bob, [id.room], signal)
  const [record] = await store.list(bob, signal)
  if (!record) throw new Error('The connection has no record.')
  await world.sockets.touch(bob, record.seenAt + 1, signal)
  expect(await store.markVanished(record, signal)).toBe(false)
  expect(await store.markVanished({ ...record, seenAt: record.seenAt + 1 }, signal)).toBe(true)
  expect(await store.list(bob, signal)).toMatchObject([{ vanished: true, watched: [id.room] }])
  await world.sockets.put(bob, record.seenAt + 2, signal)
  const [again] = await store.list(bob, signal)
  expect(again).toEqual({ ...record, seenAt: record.seenAt + 2, watched: [id.room] })
})

test('a connection that was closed has vanished, and leaves no record', async () => {
  const bob = await world.connect(newTenant(), 'bob')
  const [record] = await store.list(bob, signal)
  if (!record) throw new Error('The connection has no record.')
  await world.disconnect(bob)
  expect(await store.markVanished(record, signal)).toBe(true)
  expect(await store.list(bob, signal)).toEqual([])
})

test('those who are online are found among many users', async () => {
  const tenant = newTenant()
  for (const [user, online] of [
    ['ann', true],
    ['bob', false],
  ] as const) {
    await store.writePresence({ tenant, user, before: undefined, after: presence(online, 1) }, signal)
  }
  const readOnline = createReadOnline(world.options)
  expect(await readOnline(tenant, ['ann', 'bob', 'cleo'], signal)).toEqual(new Set(['ann']))
})
