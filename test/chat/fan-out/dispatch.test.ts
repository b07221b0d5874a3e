import type { DynamoDBRecord } from 'aws-lambda'
import type { Erasure } from '../../../functions/chat/domain/attachment.ts'
import type { CheckMissedLater, MissedCheck } from '../../../functions/chat/domain/missed.ts'
import { dispatchHandler, type NewEvent, toMessages } from '../../../functions/chat/fan-out/dispatch.ts'
import { type DeliveryMessage, readDeliveryMessage } from '../../../functions/chat/fan-out/message.ts'
import { readErasure } from '../../../functions/chat/store/erasure-queue.ts'
import { toItem } from '../../../functions/chat/store/items.ts'
import { readNewEvent } from '../../../functions/chat/store/new-event.ts'
import type { AsideMessage } from '../../../functions/shared/queue/set-aside.ts'
import { lambdaContext, TRACEPARENT } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const event = (seq: number, more: Partial<NewEvent> = {}): NewEvent => ({
  tenant: 'acme',
  room: 'room-1',
  seq,
  shards: 1,
  isMessage: false,
  cause: { correlationId: `request-${seq}`, traceparent: TRACEPARENT },
  ...more,
})

function recordOf(item: object, eventName: DynamoDBRecord['eventName'] = 'INSERT'): DynamoDBRecord {
  const NewImage = toItem(item) as NonNullable<DynamoDBRecord['dynamodb']>['NewImage']
  return { eventID: 'record-1', eventName, dynamodb: { SequenceNumber: '1', Keys: {}, ...(NewImage && { NewImage }) } }
}

test('events of a room are one message for each of its workers', () => {
  const messages = toMessages([event(4), event(6, { shards: 2 }), event(5), event(9, { room: 'room-2' })])
  const first = { id: { tenant: 'acme', room: 'room-1' }, shards: 2, from: 4, upTo: 6, cause: event(6).cause }
  expect(messages).toEqual([
    { ...first, shard: 0 },
    { ...first, shard: 1 },
    { id: { tenant: 'acme', room: 'room-2' }, shards: 1, from: 9, upTo: 9, shard: 0, cause: event(9).cause },
  ])
})

test('rooms of the same id in two tenants are two', () => {
  expect(toMessages([event(1), event(1, { tenant: 'other' })])).toHaveLength(2)
})

test('a message is read as it was written, and one with wrong fields is refused', () => {
  const [message] = toMessages([event(4)])
  expect(readDeliveryMessage(JSON.parse(JSON.stringify(message)))).toEqual(message)
  expect(() => readDeliveryMessage({ ...message, upTo: 0 })).toThrow('upTo')
})

function dispatcher(
  send: (messages: readonly DeliveryMessage[]) => Promise<void>,
  checkMissed: CheckMissedLater = async () => {},
) {
  const erased: Erasure[] = []
  const aside: AsideMessage[] = []
  const { telemetry, lines } = recordedTelemetry()
  const handler = dispatchHandler({
    ...telemetry,
    readNewEvent,
    send,
    readErasure: (record) => readErasure(record, NOW),
    eraseLater: async (erasures) => void erased.push(...erasures),
    checkMissed,
    async setAside(message) {
      aside.push(message)
    },
  })
  return { aside, erased, lines, run: (Records: DynamoDBRecord[]) => handler({ Records }, lambdaContext()) }
}

const item = { pk: 'R#acme#room-1', sk: 'event#0000000000000004', ...event(4) }

test('only new events of the log are handed on', async () => {
  const sent: DeliveryMessage[] = []
  const { run, aside } = dispatcher(async (messages) => void sent.push(...messages))
  const others = { ...item, seq: 9 }
  await run([
    recordOf(item),
    recordOf({ ...item, ...event(5) }),
    recordOf(others, 'MODIFY'),
    recordOf({ ...others, sk: 'room' }),
    recordOf(others, 'REMOVE'),
  ])
  expect(sent).toEqual(toMessages([event(4), event(5)]))
  expect(sent).toMatchObject([{ from: 4, upTo: 5 }])
  expect(aside).toEqual([])
})

test('an event without its number is set aside, and the others are handed on', async () => {
  const sent: DeliveryMessage[] = []
  const { run, aside } = dispatcher(async (messages) => void sent.push(...messages))
  await run([recordOf({ ...item, seq: 'four' }), recordOf(item)])
  expect(sent).toHaveLength(1)
  expect(aside).toMatchObject([{ id: 'record-1', reason: "The event's seq is undefined" }])
})

const NOW = 10_000_000

test.each([
  ['long ago is erased once', 1_000_000, false],
  ['a moment ago is erased again later, since its upload may be under way', NOW - 899_000, true],
])('content of an attachment that was begun %s', async (_, createdAt, mayComeBack) => {
  const { run, erased } = dispatcher(async () => {})
  const { NewImage: OldImage } = recordOf({ objectKey: 'tenant-acme/room-1.x', createdAt }).dynamodb ?? {}
  const dynamodb = { ...(OldImage && { OldImage }) }
  await run([
    { eventName: 'REMOVE', dynamodb },
    { eventName: 'MODIFY', dynamodb },
  ])
  expect(erased).toEqual([{ objectKey: 'tenant-acme/room-1.x', mayComeBack }])
})

test('a queue that is out of reach fails the batch, so that it is tried again', async () => {
  const { run } = dispatcher(() => Promise.reject(new Error('unreachable')))
  await expect(run([recordOf(item)])).rejects.toThrow('unreachable')
})

test('each new message is checked for those who missed it, after it was handed on', async () => {
  const steps: (string | MissedCheck)[] = []
  const { run } = dispatcher(
    async () => void steps.push('handed on'),
    async (checks, delayMs) => void steps.push(`after ${delayMs} ms`, ...checks),
  )
  await run([recordOf({ ...item, type: 'message' }), recordOf({ ...item, ...event(5), type: 'edit' })])
  const { id, cause } = { id: { tenant: 'acme', room: 'room-1' }, cause: event(4).cause }
  expect(steps).toEqual(['handed on', 'after 0 ms', { id, seq: 4, cause }])
})
