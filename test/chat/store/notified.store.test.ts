import { NOTIFIED_UNTIL_MS } from '../../../functions/chat/domain/missed.ts'
import type { Missed } from '../../../functions/chat/missed/check-missed.ts'
import { chatEventContent } from '../../../functions/chat/store/event-content.ts'
import { missedKey, recordKey } from '../../../functions/chat/store/keys.ts'
import { createStoreNotifyLevel } from '../../../functions/chat/store/members.ts'
import { createMissedStore } from '../../../functions/chat/store/missed-store.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { CAUSE } from '../cause.ts'
import { chatApi } from '../chat-api.ts'
import { deliveryTable } from './delivery-table.ts'

const world = await deliveryTable()
const store = createMissedStore(world.options)
const { signal } = new AbortController()
const [at, MINUTE] = [1_700_000_000_000, 60_000]

/** A message of ann to a group, as the checks read it. */
async function missed(users: readonly string[], more: Partial<Missed> = {}): Promise<Missed> {
  const id = more.id ?? (await world.group(['ann', ...users]))
  const sent = await world.send(id, 'ann', { mentions: users })
  if (sent.outcome !== 'committed') throw new Error('The message was not sent')
  const [room, message] = await Promise.all([
    store.readRoom(id, signal),
    store.readMessage({ ...id, seq: sent.seq }, signal),
  ])
  if (!room || !message) throw new Error('The message is not there')
  return { id, room, message, part: 0, users, cause: CAUSE, now: at, ...more }
}

const itemOf = async ({ id, message: { seq } }: Missed) => world.itemAt(missedKey(id, { seq, part: 0 }))

test('an event with 99 recipients and their records are one write, from which its content is derived', async () => {
  const users = Array.from({ length: 99 }, (_, index) => `user-${index}`)
  const one = await missed(['bob'])
  expect(await store.notify({ ...one, users }, signal)).toBe('notified')
  const item = await itemOf(one)
  expect(readEntry(item ?? {})).toMatchObject({ entry: { type: 'chat.message.missed', ...CAUSE }, sequence: 1 })
  const { room, seq } = { room: one.id.room, seq: one.message.seq }
  expect(chatEventContent(item ?? {}, 'chat.message.missed')).toEqual({
    schemaVersion: 1,
    tenant: one.id.tenant,
    subject: `${room}/${seq}/0`,
    data: {
      ...{ room, seq, kind: 'group', name: 'Tea', author: 'ann', recipients: users },
      sentAt: new Date(one.message.at).toISOString(),
    },
  })
})

/** @proves chat/missed-once */
test('nobody is notified twice of a message, nor of two of a room within a minute', async () => {
  const first = await missed(['bob', 'cleo'])
  const notify = (changes: Partial<Missed>, one = first) => store.notify({ ...one, ...changes }, signal)
  const outcomes = await Promise.all([notify({ users: ['bob'] }), notify({ users: ['bob'] })])
  expect(outcomes.sort()).toEqual(['notified', 'refused'])
  expect(await notify({ now: at + 10 * MINUTE, users: ['bob'] })).toBe('refused')
  expect(await notify({ users: ['cleo'] })).toBe('notified')
  const second = await missed(['bob'], { id: first.id })
  expect(await notify({ now: at + MINUTE - 1 }, second)).toBe('refused')
  expect(await notify({ now: at + MINUTE }, second)).toBe('notified')
  expect(await notify({ now: at + 10 * MINUTE, users: ['bob'] })).toBe('refused')
  expect(readEntry((await itemOf(first)) ?? {})?.sequence).toBe(2)
})

/** @proves chat/missed-once */
test('it is recorded who was notified for longer than anybody is notified of a message', async () => {
  const one = await missed(['bob'], { now: Date.now() })
  expect(await store.notify(one, signal)).toBe('notified')
  const notified = await world.itemAt(recordKey(one.id, { record: 'notified', user: 'bob' }))
  for (const item of [notified, await itemOf(one)]) {
    expect(Number(item?.ttl?.N) * 1000).toBeGreaterThan(one.now + NOTIFIED_UNTIL_MS)
  }
})

test('an event is not written at all if one recipient was notified meanwhile', async () => {
  const one = await missed(['bob', 'cleo'])
  await store.notify({ ...one, users: ['bob'] }, signal)
  expect(await store.notify(one, signal)).toBe('refused')
  expect(await store.readNotified(one.id, ['bob', 'cleo', 'stranger'], signal)).toMatchObject([
    { member: { user: 'bob' }, notified: { seq: one.message.seq, at } },
    { member: { user: 'cleo' }, notified: undefined },
  ])
})

test('those who want to hear of everything are found, until they don’t, or leave', async () => {
  const id = await world.group(['ann', 'bob', 'cleo'])
  const storeLevel = createStoreNotifyLevel(world.options)
  for (const user of ['bob', 'cleo']) expect(await storeLevel({ ...id, user, level: 'all' }, signal)).toBe('stored')
  expect(await store.listListeners(id, signal)).toEqual(['bob', 'cleo'])
  expect(await storeLevel({ ...id, user: 'bob', level: 'none' }, signal)).toBe('stored')
  expect(await store.listListeners(id, signal)).toEqual(['cleo'])
  expect(await storeLevel({ ...id, user: 'stranger', level: 'all' }, signal)).toBe('not-member')
  expect(await store.listListeners(id, signal)).toEqual(['cleo'])
})

test('a member who leaves and comes back hears of mentions alone', async () => {
  const api = await chatApi()
  const { json } = await api.call('ann', 'POST /v1/rooms', { body: { kind: 'group', name: 'Tea' } })
  const path = `/v1/rooms/${json.id}/members/bob`
  const listeners = createMissedStore({ ...world.options, ...api.table })
  const id = { tenant: api.tenant, room: json.id }
  await api.call('ann', `PUT ${path}`, { body: { role: 'member' } })
  await api.call('bob', `PUT /v1/rooms/${json.id}/notify`, { body: { level: 'all' } })
  expect(await listeners.listListeners(id, signal)).toEqual(['bob'])
  await api.call('bob', `DELETE ${path}`)
  await api.call('ann', `PUT ${path}`, { body: { role: 'member' } })
  expect(await listeners.listListeners(id, signal)).toEqual([])
})
