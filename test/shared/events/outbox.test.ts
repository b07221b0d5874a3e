import type { Item } from '../../../functions/shared/data/table.ts'
import type { DomainEvent } from '../../../functions/shared/events/event.ts'
import { OUTBOX_METRICS, outboxHandler } from '../../../functions/shared/events/outbox.ts'
import { entryAttributes } from '../../../functions/shared/events/outbox-entry.ts'
import type { Refusal } from '../../../functions/shared/events/publisher.ts'
import type { AsideMessage } from '../../../functions/shared/queue/set-aside.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { lambdaContext } from '../../support/events.ts'
import { refusal } from '../../support/fake-dynamodb.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { anEntry, anEvent, TRACE_ID } from './an-event.ts'
import { unavailable } from './faults.ts'
import { streamModel } from './stream-model.ts'

interface World {
  /** The events that the bus refuses. */
  refuse?: (event: DomainEvent) => boolean
  /** The service that is down. */
  down?: string
  /** The subject of every event. */
  subject?: string
}

function outbox({ refuse = () => false, down, subject = 'order-1' }: World = {}) {
  const { telemetry, lines } = recordedTelemetry()
  const published: DomainEvent[] = []
  const aside: AsideMessage[] = []
  const handler = outboxHandler({
    ...telemetry,
    metrics: createMetrics({ namespace: 'Stackyard/Test', names: OUTBOX_METRICS, stack: 'a-stack' }),
    toContent(image) {
      if (!image.total?.N) throw new Error('It has no total')
      return { schemaVersion: 2, tenant: 'acme', subject, data: { total: Number(image.total.N) } }
    },
    async publish(events): Promise<Refusal[]> {
      if (down === 'bus') throw unavailable()
      published.push(...events.filter((event) => !refuse(event)))
      return events.filter(refuse).map((event) => ({ event, reason: 'MalformedDetail: no luck' }))
    },
    async setAside(message) {
      if (down === 'queue') throw refusal('AccessDenied')
      aside.push(message)
    },
  })
  const stream = streamModel()
  const run = async () => {
    const batch = stream.next(100)
    if (batch) await handler(batch, lambdaContext())
  }
  return { stream, run, published, aside, lines }
}

const order = (total: number, operationId = `event-${total}`): Item => ({
  ...entryAttributes(anEntry({ operationId })),
  total: { N: String(total) },
})

test('a new outbox entry becomes an event, with the content that the system derives from the item', async () => {
  const { stream, run, published } = outbox()
  stream.write('order-1', { ...order(3), sequence: { N: '7' } })
  await run()
  expect(published).toEqual([anEvent({ total: 3 }, { id: 'event-3-7', schemaVersion: 2, sequence: 7 })])
})

test('a write that is tried again makes no second event, unless another came between: then it is a change again', async () => {
  const { stream, run, published } = outbox()
  const write = (id: number, sequence: number) =>
    stream.write('order-1', { ...order(id), sequence: { N: String(sequence) } })
  write(1, 1)
  write(1, 2)
  write(2, 3)
  write(1, 4)
  await run()
  expect(published.map(({ id }) => id)).toEqual(['event-1-1', 'event-2-3', 'event-1-4'])
})

test('an event names the event that caused it', async () => {
  const { stream, run, published } = outbox()
  stream.write('order-1', { ...order(3), ...entryAttributes(anEntry({ causationId: 'event-0' })) })
  await run()
  expect(published).toMatchObject([{ causationId: 'event-0' }])
})

test('each change is an event, with the item as that change left it', async () => {
  const { stream, run, published } = outbox()
  for (const total of [1, 2, 3]) stream.write('order-1', order(total))
  await run()
  expect(published.map(({ data }) => data)).toEqual([{ total: 1 }, { total: 2 }, { total: 3 }])
})

test('no event comes of the same entry again, of an item without one, or of a deletion', async () => {
  const { stream, run, published, aside } = outbox()
  stream.write('order-1', order(1))
  stream.write('order-1', { ...order(1), visits: { N: '1' } })
  stream.write('order-1', undefined)
  stream.write('lease', { until: { N: '1' } })
  await run()
  expect(published).toHaveLength(1)
  expect(aside).toEqual([])
})

test.each<[string, Item]>([
  ['the system finds no event in', { ...order(1), total: { S: 'none' } }],
  ['has an entry that is none', { ...order(1), event: { S: 'event-1' } }],
  ['has no sequence', { ...order(1), sequence: { S: 'x' } }],
])('an item that %s is set aside with its image, and the rest goes on', async (_, poison) => {
  const { stream, run, published, aside, lines } = outbox()
  stream.write('good-1', order(1))
  stream.write('bad', poison)
  stream.write('good-2', order(2))
  await run()
  expect(published.map(({ id }) => id)).toEqual(['event-1-1', 'event-2-1'])
  expect(aside).toMatchObject([{ id: 'record-1', reason: expect.any(String) }])
  expect(JSON.parse(aside[0]?.body ?? '')).toEqual({
    reason: aside[0]?.reason,
    stream_record_id: 'record-1',
    sequence_number: '1',
    keys: { pk: { S: 'bad' } },
    image: poison,
  })
  expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'event set aside' }))
  expect(lines.at(-1)).toMatchObject({ EventsPublished: 2, EventsSetAside: 1, records: 3, published: 2, set_aside: 1 })
})

test.each([
  'operationId',
  'type',
  'time',
  'correlationId',
  'traceparent',
])('an entry without %s is poison', async (name) => {
  const { stream, run, aside } = outbox()
  stream.write('bad', order(1))
  const broken = order(1)
  delete broken.event?.M?.[name]
  stream.write('bad', { ...broken, total: { N: '2' } })
  stream.done({ Records: [] })
  await run()
  expect(aside).toMatchObject([{ id: 'record-1', reason: `The outbox entry has no ${name}` }])
})

test('an event that the bus refuses permanently is set aside and counted as such', async () => {
  const { stream, run, published, aside, lines } = outbox({ refuse: ({ id }) => id === 'event-1-1' })
  stream.write('order-1', order(1))
  stream.write('order-2', order(2))
  await run()
  expect(published.map(({ id }) => id)).toEqual(['event-2-1'])
  expect(aside).toMatchObject([{ id: 'record-0', reason: 'MalformedDetail: no luck' }])
  expect(lines.at(-1)).toMatchObject({ EventsPublished: 1, EventsSetAside: 1 })
})

test('the keys are kept of an image that is too large for a message', async () => {
  const { stream, run, aside } = outbox()
  stream.write('bad', { ...order(1), total: { S: 'x'.repeat(200_000) } })
  await run()
  expect(JSON.parse(aside[0]?.body ?? '')).toMatchObject({ keys: { pk: { S: 'bad' } }, image: null })
})

test.each(['bus', 'queue'])('it throws when the %s can’t be reached, so that the batch comes again', async (down) => {
  const { stream, run } = outbox({ down })
  stream.write('good', order(1))
  stream.write('bad', { ...order(2), total: { S: 'none' } })
  await expect(run()).rejects.toThrow()
})

test('each event has a log line with the ids of the request that caused it', async () => {
  const { stream, run, lines } = outbox()
  stream.write('order-1', order(1))
  await run()
  expect(lines[0]).toMatchObject({
    message: 'event published',
    event_id: 'event-1-1',
    event_type: 'shop.order.placed',
    correlation_id: 'request-1',
    trace_id: TRACE_ID,
  })
})

test.each([
  'acme/ann@example.com',
  '203.0.113.7',
])('no line has the subject %s of an event, nor the key of a record that is set aside', async (name) => {
  const { stream, run, published, aside, lines } = outbox({ subject: name })
  stream.write(`U#${name}`, order(1))
  stream.write(`U#${name}`, { ...order(2), total: { S: 'none' } })
  await run()
  expect(published).toMatchObject([{ subject: name }])
  expect(JSON.parse(aside[0]?.body ?? '')).toMatchObject({ keys: { pk: { S: `U#${name}` } } })
  expect(lines.map(({ message }) => message)).toEqual(['event published', 'event set aside', 'invocation'])
  expect(JSON.stringify(lines)).not.toContain(name)
})

test('the line of a record that is set aside has the id by which its message is found in the dead-letter queue', async () => {
  const { stream, run, aside, lines } = outbox()
  stream.write('bad', { ...order(1), total: { S: 'none' } })
  await run()
  const line = lines.find(({ message }) => message === 'event set aside')
  expect(line).toMatchObject({ stream_record_id: aside[0]?.id, sequence_number: '0', reason: aside[0]?.reason })
})
