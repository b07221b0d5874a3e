import { randomUUID } from 'node:crypto'
import type { DomainEvent } from '../../functions/shared/events/event.ts'
import { listenTo } from '../support/bus.ts'
import { DEADLINE_MS } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { type ChatUser, chatUsers } from './deployed.ts'

const bus = await listenTo({ stack: 'Chat', source: 'stackyard.chat' })
afterAll(bus.stop)

/** A minute, and the time in which a queue, a stream and the bus pass something on. */
const A_MINUTE_LATER = { deadlineMs: 60_000 + DEADLINE_MS }

async function send(author: ChatUser, room: string, mentions: readonly string[] = []): Promise<number> {
  const body = { cid: randomUUID(), body: 'Where are you?', mentions }
  return answered(201, await author.call(`POST /v1/rooms/${room}/messages`, body)).json.seq
}

const recipientsOf = (events: readonly DomainEvent[]) =>
  events.map(({ data }) => (data as { recipients: string[] }).recipients)

test('a direct message to a user without a connection becomes an event without its text', async () => {
  const [ann] = await chatUsers('ann', 'bob')
  const { id: room } = answered(201, await ann.call('POST /v1/rooms', { kind: 'direct', with: 'bob' })).json
  const seq = await send(ann, room)
  const [event] = await bus.eventsOf(`${room}/${seq}/0`, 1)
  expect(event).toMatchObject({ type: 'chat.message.missed', schemaVersion: 1, sequence: 1 })
  expect(event?.data).toEqual({
    ...{ room, seq, kind: 'direct', name: null, author: 'ann', recipients: ['bob'] },
    sentAt: expect.any(String),
  })
})

test('those whom a group’s message mentions, and who are away, miss it; those with another level hear of it by that', async () => {
  const [ann, bob, cleo, dora, emil] = await chatUsers('ann', 'bob', 'cleo', 'dora', 'emil')
  const room = await ann.group([bob, cleo, dora, emil])
  answered(200, await cleo.call(`PUT /v1/rooms/${room}/notify`, { level: 'none' }))
  answered(200, await dora.call(`PUT /v1/rooms/${room}/notify`, { level: 'all' }))
  const seq = await send(ann, room, ['bob', 'cleo'])
  const events = await bus.eventsOf(`${room}/${seq}/0`, 1)
  expect(recipientsOf(events).map((users) => users.sort())).toEqual([['bob', 'dora']])
})

test('a member with a connection that sends no ping for a minute missed the message, unless it was read', async () => {
  const [ann, bob, cleo, dora] = await chatUsers('ann', 'bob', 'cleo', 'dora')
  const room = await ann.group([bob, cleo, dora])
  const [, second] = await Promise.all([bob.connect(), cleo.connect(), dora.connect()])
  const third = await dora.connect()
  const seq = await send(ann, room, ['bob', 'cleo', 'dora'])
  expect(await second.send('ping')).toMatchObject({ ok: true })
  expect(await third.send('read', { room, seq })).toMatchObject({ ok: true })
  const events = await bus.eventsOf(`${room}/${seq}/0`, 1, A_MINUTE_LATER)
  expect(recipientsOf(events)).toEqual([['bob']])
  const waits = events.map(({ time, data }) => Date.parse(time) - Date.parse((data as { sentAt: string }).sentAt))
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(60_000)
})
