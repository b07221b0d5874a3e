import { spansOf, traceIdOf, traceOf } from '../../../tools/console/spans.ts'
import { inOrder, type RawLine } from '../../../tools/local-cloud/log-lines.ts'

const ID = '1ce9d674a9526b1031b325576b8d4577'
const T0 = Date.parse('2026-11-28T19:57:54.000Z')

/** A line that a function wrote some milliseconds after the beginning. */
function line(name: string, at: number, fields: object): RawLine {
  const message = { level: 'INFO', timestamp: new Date(T0 + at).toISOString(), function_request_id: name, ...fields }
  return {
    id: `${name} ${at}`,
    stream: name,
    timestamp: T0 + at,
    name,
    message: JSON.stringify({ trace_id: ID, ...message }),
  }
}

const LINES = [
  line('Orders/Api', 80, { message: 'invocation', route: 'POST /v1/orders', http_status: 201, latency_ms: 80 }),
  line('Orders/Publisher', 100, { message: 'event published', event_id: 'e-1', event_type: 'orders.order.placed' }),
  line('Orders/Ship', 150, { message: 'message handled', event_id: 'e-1', latency_ms: 30, receive_count: 1 }),
]

const draw = (lines: RawLine[]) =>
  spansOf(inOrder(lines) as Parameters<typeof spansOf>[0]).map(({ kind, name, start, end, outcome }) => [
    kind,
    name,
    start - T0,
    end - T0,
    outcome,
  ])

test('a request, its outbox, its bus and its consumer follow one another', () => {
  expect(draw(LINES)).toEqual([
    ['function', 'Orders/Api', 0, 80, 'ok'],
    ['outbox', 'orders.order.placed', 80, 100, 'ok'],
    ['function', 'Orders/Publisher', 100, 100, 'ok'],
    ['bus', 'orders.order.placed', 100, 120, 'ok'],
    ['function', 'Orders/Ship', 120, 150, 'ok'],
  ])
})

test('the waits took no time when the next function begins before the one before it has logged', () => {
  const [request, publication, consumption] = LINES as [RawLine, RawLine, RawLine]
  const late = line('Orders/Api', 101, { message: 'invocation', route: 'POST /v1/orders', latency_ms: 90 })
  const early = line('Orders/Ship', 110, { message: 'message handled', event_id: 'e-1', latency_ms: 15 })
  const waits = (lines: RawLine[]) => draw(lines).filter(([kind]) => kind !== 'function')
  expect(waits([late, publication, consumption])).toEqual([
    ['outbox', 'orders.order.placed', 100, 100, 'ok'],
    ['bus', 'orders.order.placed', 100, 120, 'ok'],
  ])
  expect(waits([request, publication, early])).toEqual([
    ['outbox', 'orders.order.placed', 80, 100, 'ok'],
    ['bus', 'orders.order.placed', 95, 95, 'ok'],
  ])
})

test('an invocation that logs an error has failed', () => {
  const failed = line('Orders/Ship', 150, { level: 'ERROR', message: 'batch failed' })
  expect(draw([failed])).toEqual([['function', 'Orders/Ship', 150, 150, 'failed']])
})

test('a trace is found by its id or its traceparent, and other lines are left out', () => {
  const other = { ...line('Orders/Api', 5, { message: 'invocation' }), message: '{"trace_id":"other"}' }
  const { id, spans, lines } = traceOf(`00-${ID}-aa483348e738c857-01`, inOrder([...LINES, other]))
  expect([id, spans.length, lines.length]).toEqual([ID, 5, 3])
  expect(lines[0]).toContain('POST /v1/orders')
  expect(traceIdOf('e-1')).toBe('e-1')
})
