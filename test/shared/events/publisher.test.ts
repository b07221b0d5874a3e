import type { PutEventsRequest, PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge'
import fc from 'fast-check'
import type { EventBridge } from '../../../functions/shared/aws/eventbridge.ts'
import type { DomainEvent } from '../../../functions/shared/events/event.ts'
import { createPublisher } from '../../../functions/shared/events/publisher.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { fakeClient, refusal } from '../../support/fake-dynamodb.ts'
import { anEvent } from './an-event.ts'
import { atOnce, unavailable } from './faults.ts'

type Answer = PutEventsResultEntry[] | Error

/** A publisher on an EventBridge that gives these answers in turn, and takes everything from then on. */
function publisherOn(...answers: Answer[]) {
  const requests: PutEventsRequestEntry[][] = []
  const eventBridge = fakeClient<EventBridge>(async (_operation, { Entries = [] }: PutEventsRequest, callOptions) => {
    // The tries are the publisher's own.
    expect(callOptions).toMatchObject({ once: true, signal: expect.any(AbortSignal) })
    requests.push([...Entries])
    const answer = answers.shift() ?? Entries.map(() => taken)
    if (answer instanceof Error) throw answer
    return { Entries: answer }
  })
  const options = { eventBridge, busName: 'a-bus', source: 'stackyard.shop', random: () => 0.5, startTimer: atOnce }
  return { publish: createPublisher(options), requests, options }
}

const taken: PutEventsResultEntry = { EventId: 'e' }
const failed = (ErrorCode: string): PutEventsResultEntry => ({ ErrorCode, ErrorMessage: 'no luck' })
const events = (count: number, data: unknown = {}) =>
  Array.from({ length: count }, (_, index) => anEvent(data, { id: `event-${index}` }))
const idsOf = (request: readonly PutEventsRequestEntry[] = []) =>
  request.map(({ Detail }) => JSON.parse(Detail ?? '').id)
const { signal } = new AbortController()

test('an event is an entry of its bus, with its type and its time', async () => {
  const { publish, requests } = publisherOn()
  const event = anEvent({ total: 3 })
  expect(await publish([event], signal)).toEqual([])
  expect(requests).toEqual([
    [
      {
        EventBusName: 'a-bus',
        Source: 'stackyard.shop',
        DetailType: 'shop.order.placed',
        Detail: JSON.stringify(event),
        Time: new Date(1_773_342_238_000),
      },
    ],
  ])
})

test('nothing to publish is no request', async () => {
  const { publish, requests } = publisherOn()
  expect(await publish([], signal)).toEqual([])
  expect(requests).toEqual([])
})

test('a request has 10 entries at most, and less than 256 KB as EventBridge counts them, and the order is kept', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 64_000 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(sizes, async (lengths) => {
      const { publish, requests } = publisherOn()
      const all = lengths.map((length, index) => anEvent('x'.repeat(length), { id: `event-${index}` }))
      expect(await publish(all, signal)).toEqual([])
      const bytesOf = (entry: PutEventsRequestEntry) => 14 + `${entry.Source}${entry.DetailType}${entry.Detail}`.length
      requests.forEach((entries, index) => {
        const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
        expect(entries.length).toBeLessThanOrEqual(10)
        expect(bytes).toBeLessThan(262_144)
        const [next] = requests[index + 1] ?? []
        const isFull = !next || entries.length === 10 || bytes + bytesOf(next) >= 262_144
        expect(isFull).toBe(true)
      })
      expect(requests.flatMap(idsOf)).toEqual(all.map(({ id }) => id))
    }),
    { numRuns: 50 },
  )
})

test.each([
  [65_535, [4]],
  [65_536, [3, 1]],
])('four entries of %d bytes go by %j', async (size, expected) => {
  const { publish, requests } = publisherOn()
  // 14 bytes for the time, then source and type, and an event without its text.
  const rest = 14 + 'stackyard.shop'.length + 'shop.order.placed'.length + JSON.stringify(anEvent('')).length
  await publish(
    Array.from({ length: 4 }, () => anEvent('x'.repeat(size - rest))),
    signal,
  )
  expect(requests.map((entries) => entries.length)).toEqual(expected)
})

test('small events go by ten', async () => {
  const { publish, requests } = publisherOn()
  await publish(events(25), signal)
  expect(requests.map((entries) => entries.length)).toEqual([10, 10, 5])
})

test('bytes are counted, not characters', async () => {
  const { publish, requests } = publisherOn()
  await publish(events(6, 'ü'.repeat(30_000)), signal)
  expect(requests.map((entries) => entries.length)).toEqual([4, 2])
})

test('only the entries that failed are sent again', async () => {
  const { publish, requests } = publisherOn([taken, failed('ThrottlingException'), taken, failed('InternalFailure')])
  expect(await publish(events(4), signal)).toEqual([])
  expect(requests.map(idsOf)).toEqual([
    ['event-0', 'event-1', 'event-2', 'event-3'],
    ['event-1', 'event-3'],
  ])
})

test.each([
  ['nothing', []],
  ['no id', [taken, {}]],
])('an entry of which the answer says %s is sent again', async (_, answer) => {
  const { publish, requests } = publisherOn(answer)
  await publish(events(2), signal)
  expect(idsOf(requests[1])).toContain('event-1')
})

test.each([
  'InvalidArgument',
  'MalformedDetail',
  'RedactionFailure',
])('an error of EventBridge about the event itself (%s) is a refusal, and not retried', async (code) => {
  const [first, second] = events(2) as [DomainEvent, DomainEvent]
  const { publish, requests } = publisherOn([failed(code), taken])
  expect(await publish([first, second], signal)).toEqual([{ event: first, reason: `${code}: no luck` }])
  expect(requests).toHaveLength(1)
})

test('a refusal at the first attempt is not lost at the second', async () => {
  const { publish } = publisherOn([failed('MalformedDetail'), failed('ThrottlingException')], [taken])
  expect(await publish(events(2), signal)).toMatchObject([{ event: { id: 'event-0' } }])
})

test.each([
  'AccessDeniedException',
  'NotAuthorizedForSourceException',
  'SomethingNew',
])('an error that is not the event’s fault (%s) is thrown, so that the event waits', async (code) => {
  const { publish, requests } = publisherOn(...Array.from({ length: 9 }, () => [failed(code)]))
  await expect(publish(events(1), signal)).rejects.toMatchObject({
    code: 'dependency-failed',
    retryable: true,
    message: expect.stringContaining(code),
  })
  expect(requests).toHaveLength(5)
})

test('a whole request that fails is tried again', async () => {
  const { publish, requests } = publisherOn(unavailable(), unavailable())
  expect(await publish(events(2), signal)).toEqual([])
  expect(requests).toHaveLength(3)
})

test('an entry that makes EventBridge refuse the whole request is found, and the others are published', async () => {
  const eventBridge = fakeClient<EventBridge>(async (_operation, { Entries = [] }: PutEventsRequest) => {
    if (idsOf(Entries).includes('event-3')) throw refusal('ValidationException', { message: 'bad' })
    for (const id of idsOf(Entries)) published.add(id)
    return { Entries: Entries.map(() => taken) }
  })
  const published = new Set<string>()
  const publish = createPublisher({ ...publisherOn().options, eventBridge })
  expect(await publish(events(12), signal)).toEqual([
    { event: expect.objectContaining({ id: 'event-3' }), reason: 'bad' },
  ])
  expect(published.size).toBe(11)
})

test('a refusal of the caller is thrown', async () => {
  const { publish } = publisherOn(refusal('AccessDeniedException'))
  await expect(publish(events(1), signal)).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test.each<[string, DomainEvent]>([
  ['above 64 KB', anEvent('x'.repeat(65_536))],
  ['with a time that is none', anEvent({}, { time: 'noon' })],
  ['that JSON can’t hold', anEvent(1n)],
])('an event %s is refused without a request, and holds nothing up', async (_, event) => {
  const { publish, requests } = publisherOn()
  expect(await publish([event, anEvent({})], signal)).toEqual([{ event, reason: expect.any(String) }])
  expect(requests.map((entries) => entries.length)).toEqual([1])
})

test('an event of 64 KB is none too many', async () => {
  const rest = Buffer.byteLength(JSON.stringify(anEvent('')))
  const { publish, requests } = publisherOn()
  expect(await publish([anEvent('x'.repeat(65_536 - rest))], signal)).toEqual([])
  expect(requests).toHaveLength(1)
})

test('pauses grow and are random, and the deadline ends them', async () => {
  const clock = fakeClock()
  const deadline = new AbortController()
  const { options, requests } = publisherOn(...Array.from({ length: 9 }, unavailable))
  const publishing = createPublisher({ ...options, startTimer: clock.startTimer })(events(1), deadline.signal)
  publishing.catch(() => {})
  const seen: number[] = []
  for (const ms of [49, 1, 99, 1]) {
    await clock.advance(ms)
    seen.push(requests.length)
  }
  expect(seen).toEqual([1, 2, 2, 3])
  deadline.abort(new Error('over'))
  await expect(publishing).rejects.toMatchObject({ code: 'dependency-failed' })
  expect(clock.pendingTimers()).toBe(0)
})
