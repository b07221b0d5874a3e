import { randomUUID } from 'node:crypto'
import { moved } from '../../../functions/notification/domain/moves.ts'
import { notificationEventContent } from '../../../functions/notification/store/event-content.ts'
import { notificationPk } from '../../../functions/notification/store/keys.ts'
import { createReadListed } from '../../../functions/notification/store/list-notifications.ts'
import { readNewTurn } from '../../../functions/notification/store/new-turn.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { bucketOf } from '../../../functions/shared/timers/timer.ts'
import { newTenant } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { aNotification } from '../notifications.ts'
import { notificationTable } from './notification-table.ts'

const world = await notificationTable()
const { stored, store, revise, read, itemsOf, table } = world
const { signal } = new AbortController()
const HOUR = 3_600_000
const DAY = 24 * HOUR

const itemsByKey = async (id: { tenant: string; id: string }) =>
  Object.fromEntries((await itemsOf(notificationPk(id))).map((item) => [item.sk?.S ?? '', item]))

test('a notification is read as it was stored, whatever its data', async () => {
  const data = { number: 1e300, big: 2 ** 60, empty: '', none: null, nested: { list: [1, 'two', { three: true }] } }
  const tracked = await stored({ data, steps: [{ channel: 'email' }, { channel: 'sms', afterSeconds: 5 }] })
  const { tenant, id } = tracked.notification
  expect(await read({ tenant, id }, signal)).toEqual(tracked)
  expect(await read({ tenant: 'other', id }, signal)).toBeUndefined()
})

test('an id that is in use is not stored again, and the existing notification is returned', async () => {
  const tracked = await stored()
  const { tenant, id } = tracked.notification
  const again = aNotification({ tenant, id, to: { email: 'bob@example.com' } })
  expect(await store(again, signal)).toEqual({ outcome: 'exists', tracked })
})

/** @proves notification/forgotten-in-30-days */
test('each change raises the sequence of the events, and an event has neither data nor texts', async () => {
  const { notification } = await stored({ reference: 'order-17' })
  const before = (await itemsByKey(notification)).summary ?? {}
  expect(readEntry(before)).toMatchObject({
    sequence: 1,
    entry: { type: 'notification.notification.accepted', correlationId: 'request-1' },
  })
  await world.cancel(notification)
  const after = (await itemsByKey(notification)).summary ?? {}
  expect(readEntry(after)).toMatchObject({ sequence: 2, entry: { type: 'notification.notification.cancelled' } })
  expect(notificationEventContent(after, 'notification.notification.cancelled')).toMatchObject({
    tenant: notification.tenant,
    subject: notification.id,
    data: { status: 'cancelled', channels: ['email'], reference: 'order-17', reason: 'cancelled' },
  })
  expect(JSON.stringify(after)).not.toContain('Hello')
})

test('a change without an event publishes none', async () => {
  const { notification } = await stored()
  const decide = ({ channels }: Awaited<ReturnType<typeof stored>>) => ({
    changes: { channels: channels.map((one) => moved(one, { at: Date.now(), entries: [{ event: 'noted' }] })) },
    result: true,
  })
  expect(await revise({ id: notification, decide }, signal)).toBe(true)
  expect(readEntry((await itemsByKey(notification)).summary ?? {})).toBeUndefined()
})

/** @proves notification/forgotten-in-30-days */
test('all items end 30 days after the status was first final, and none before', async () => {
  const steps = [{ channel: 'email' }, { channel: 'sms' }] as const
  const { notification } = await stored({ steps })
  const ttls = async () => Object.values(await itemsByKey(notification)).map(({ ttl }) => Number(ttl?.N ?? 0))
  expect(await ttls()).toEqual([0, 0, 0, 0])
  const end = (name: string) =>
    revise(
      {
        id: notification,
        decide: ({ channels }) => ({
          changes: {
            channels: channels
              .filter(({ channel }) => channel === name)
              .map((one) => moved(one, { status: 'failed', at: Date.now() })),
          },
          result: true,
        }),
      },
      signal,
    )
  await end('sms')
  expect(await ttls()).toEqual([0, 0, 0, 0])
  await end('email')
  const expected = (Date.now() + 30 * DAY) / 1000
  const found = await ttls()
  expect(new Set(found).size).toBe(1)
  expect(Math.abs((found[0] ?? 0) - expected)).toBeLessThan(60)
})

test('a channel that is due in more than 15 minutes has a timer instead of a message', async () => {
  const now = Date.now()
  const { notification } = await stored({ now, sendAt: now + HOUR })
  const channel = (await itemsByKey(notification))['channel#email']
  const record = { eventName: 'INSERT' as const, dynamodb: { NewImage: channel as never } }
  expect(readNewTurn(record)).toBeUndefined()
  const { tenant, id } = notification
  const bucket = bucketOf({ id: `${tenant}#${id}#email#1`, dueAt: now + HOUR, message: '' }, now)
  const [timer] = await itemsOf(`T#${bucket.minute}#${bucket.shard}`)
  expect(JSON.parse(timer?.message?.S ?? '')).toMatchObject({
    tenant,
    id,
    channel: 'email',
    turn: 1,
    dueAt: now + HOUR,
  })
})

test('a record with a new turn is a message for the worker, and one with the same turn is none', async () => {
  const { notification } = await stored({ priority: 'critical' })
  const channel = (await itemsByKey(notification))['channel#email'] as never
  const { tenant, id } = notification
  expect(readNewTurn({ dynamodb: { NewImage: channel } })).toMatchObject({
    ...{ tenant, id, channel: 'email', turn: 1, priority: 'critical' },
    cause: { correlationId: 'request-1' },
  })
  expect(readNewTurn({ dynamodb: { NewImage: channel, OldImage: channel } })).toBeUndefined()
  const { summary } = await itemsByKey(notification)
  expect(readNewTurn({ dynamodb: { NewImage: summary as never } })).toBeUndefined()
})

test('a move without a new turn has nothing to dispatch', async () => {
  const { notification } = await stored({})
  const marked = async () => (await itemsByKey(notification))['channel#email']?.dispatch
  const move = (turns: number) =>
    revise(
      {
        id: notification,
        decide: ({ channels: [channel] }) => {
          if (!channel) throw new Error('It has a channel.')
          const turn = channel.turn + turns
          return { changes: { channels: [{ ...channel, turn }] }, result: undefined }
        },
      },
      signal,
    )
  expect(await marked()).toEqual({ S: 'at-once' })
  await move(0)
  expect(await marked()).toBeUndefined()
  await move(1)
  expect(await marked()).toEqual({ S: 'at-once' })
})

test('lists have a tenant’s notifications and a user’s, the newest first, page by page', async () => {
  const tenant = newTenant()
  const ids: string[] = []
  for (let count = 0; count < 5; count++) {
    const to = count % 2 === 0 ? { userId: 'ann' } : { email: 'bob@example.com' }
    const { notification } = await stored({ tenant, to, now: 1_000_000 + count, id: `${count}-${randomUUID()}` })
    ids.unshift(notification.id)
  }
  const readListed = createReadListed({ ...table, random: Math.random })
  const page = async (after?: { id: string; createdAt: number }, userId?: string) =>
    readListed({ tenant, userId, after, limit: 2 }, signal)
  const all = await eventually(async () => {
    const first = await page()
    const second = await page(first.next)
    const third = await page(second.next)
    const found = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id))
    expect(found).toEqual(ids)
    return found
  })
  expect(all).toHaveLength(5)
  const own = await readListed({ tenant, userId: 'ann', after: undefined, limit: 10 }, signal)
  expect(own.items.map(({ id, status, userId }) => [id, status, userId])).toEqual(
    [0, 2, 4].map((index) => [ids[index], 'accepted', 'ann']),
  )
})
