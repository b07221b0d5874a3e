import type { BusEvent } from '../../../console/shared/wire.ts'
import { toBusEvent } from '../../../tools/console/bus-feed.ts'
import { liveFeed } from '../../../tools/console/live.ts'
import { eventually } from '../../support/eventually.ts'

const ENVELOPE = {
  id: 'e-1',
  type: 'orders.order.placed',
  time: '2026-03-12T19:03:58.005Z',
  tenant: 'acme',
  subject: 'o-1',
  correlationId: 'r-1',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  data: { total: 3 },
}
const EVENT: BusEvent = { ...ENVELOPE, source: 'stackyard.orders' }

/** A cloud with one event, whose first answers fail. */
function feed(failures = 0) {
  const log: string[] = []
  let left = failures
  const live = liveFeed({
    bus: {
      open: async () => {
        log.push('open')
      },
      next: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        if (left-- > 0) throw new Error('The cloud is down.')
        return [EVENT]
      },
      close: async () => {
        log.push('close')
      },
    },
    inventory: { queues: async () => [], read: async () => ({ functions: [], queues: [] }) },
    readLines: async () => [],
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    now: () => 0,
  })
  return { live, log }
}

test('nothing is watched before a page is open, and no longer than one is', async () => {
  const { live, log } = feed()
  expect(log).toEqual([])
  const received: unknown[] = []
  const leave = live.subscribe((name, data) => received.push([name, data]))
  await eventually(async () => expect(received).toContainEqual(['event', EVENT]))
  expect(received).toContainEqual(['queues', []])
  leave()
  await live.close()
  const { length } = received
  await new Promise((resolve) => setImmediate(resolve))
  expect([log, received.length]).toEqual([['open', 'close'], length])
})

test('a cloud that does not answer is asked again', async () => {
  const { live } = feed(3)
  const received: string[] = []
  live.subscribe((name) => received.push(name))
  await eventually(async () => expect(received).toContain('event'))
  await live.close()
})

const { traceparent: _, ...withoutTrace } = ENVELOPE
const strangers = [{}, { detail: {} }, { source: 'x', detail: withoutTrace }, { source: 'x', detail: 'text' }]
test.each([
  '',
  'no JSON',
  ...strangers.map((each) => JSON.stringify(each)),
])('a message that is no event is left out: %j', (Body) => {
  expect(toBusEvent({ Body })).toEqual([])
})

test('an event has its source beside its envelope', () => {
  const Body = JSON.stringify({ source: 'stackyard.orders', detail: ENVELOPE })
  expect(toBusEvent({ Body })).toEqual([EVENT])
})
