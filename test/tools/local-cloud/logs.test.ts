import { inOrder, type RawLine } from '../../../tools/local-cloud/log-lines.ts'
import { traceFormatter } from '../../../tools/local-cloud/trace-lines.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const at = (ms: number) => new Date(Date.UTC(2026, 0, 1, 12) + ms).toISOString()

let ids = 0
/** A line that was ingested at a time, in milliseconds from a start. */
function raw(name: string, arrived: number, message: string | object): RawLine {
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  return { id: String(ids++), stream: `${name}-1`, timestamp: Date.parse(at(arrived)), name, message: text }
}
const json = (ms: number, message: string, more: object = {}) => ({
  level: 'INFO',
  message,
  timestamp: at(ms),
  ...more,
})

describe('the order of lines', () => {
  const order = (lines: RawLine[]) => inOrder(lines).map(({ message, fields }) => fields?.message ?? message)

  test('is that in which they were written, not that in which invocations ended', () => {
    const lines = [
      raw('Outbox', 900, json(300, 'event published')),
      raw('Management', 1000, json(100, 'link created')),
      raw('Checks', 500, json(400, 'message handled')),
    ]
    expect(order(lines)).toEqual(['link created', 'event published', 'message handled'])
  })

  test('keeps Lambda’s own lines in their place around those of an invocation', () => {
    const lines = [
      raw('Management', 1000, 'START RequestId: 1'),
      raw('Management', 1000, json(100, 'first')),
      raw('Management', 1000, '    at somewhere'),
      raw('Management', 1000, json(200, 'second')),
      raw('Management', 1000, 'END RequestId: 1'),
      raw('Other', 150, 'between'),
    ]
    expect(order(lines)).toEqual([
      'START RequestId: 1',
      'first',
      '    at somewhere',
      'between',
      'second',
      'END RequestId: 1',
    ])
  })

  test('is that of their ingestion if they have no time of their own', () => {
    expect(order([raw('B', 20, 'later'), raw('A', 10, 'sooner'), raw('A', 30, '{"broken')])).toEqual([
      'sooner',
      'later',
      '{"broken',
    ])
  })
})

describe('the output of a trace', () => {
  const request = { trace_id: TRACE, correlation_id: 'c1', function_request_id: 'r1' }
  const printed = (lines: RawLine[], wanted = TRACE) => {
    const format = traceFormatter(wanted, 12)
    return inOrder(lines).flatMap((line) => format(line) ?? [])
  }

  test('covers all functions, with time, function, level, message and relevant fields', () => {
    const lines = [
      raw(
        'App/Checks',
        90,
        json(80, 'message failed', { ...request, level: 'WARN', event_id: 'e1', receive_count: 2 }),
      ),
      raw('App/Api', 50, json(10, 'link created', { ...request, route: 'POST /v1/links', http_status: 201 })),
      raw('App/Outbox', 60, json(55, 'event published', { ...request, event_id: 'e1' })),
      raw('App/Api', 50, json(20, 'of another', { trace_id: 'b'.repeat(32) })),
    ]
    expect(printed(lines)).toEqual([
      `${at(10)}  App/Api       INFO   link created  trace_id=${TRACE}  correlation_id=c1  route="POST /v1/links"  http_status=201`,
      `${at(55)}  App/Outbox    INFO   event published  event_id=e1`,
      `${at(80)}  App/Checks    WARN   message failed  event_id=e1  receive_count=2`,
    ])
  })

  test('repeats an id when it changes', () => {
    const lines = [
      raw('App/Api', 1, json(1, 'one', request)),
      raw('App/Api', 2, json(2, 'two', { ...request, correlation_id: 'c2' })),
      raw('App/Api', 3, json(3, 'three', { ...request, correlation_id: 'c2' })),
    ]
    expect(printed(lines).map((line) => line.replace(/^.* {2}INFO {3}/, ''))).toEqual([
      `one  trace_id=${TRACE}  correlation_id=c1`,
      'two  correlation_id=c2',
      'three',
    ])
  })

  test('leaves out noise: spans, repeated names, warm starts, the format of metrics', () => {
    const noise = {
      service: 's',
      function_name: 'f',
      span_id: '1',
      parent_span_id: '2',
      cold_start: false,
      _aws: {},
      stack: 'App',
    }
    const [line] = printed([raw('App/Api', 1, json(1, 'one', { trace_id: TRACE, ...noise, LinkCreated: 1 }))])
    expect(line).toBe(`${at(1)}  App/Api       INFO   one  trace_id=${TRACE}  LinkCreated=1`)
    const [cold] = printed([raw('App/Api', 1, json(1, 'one', { trace_id: TRACE, cold_start: true }))])
    expect(cold).toMatch(/cold_start=true$/)
  })

  test('shows an error and its cause, without the stack', () => {
    const error = { name: 'AppError', message: 'It failed', stack: 'AppError: It failed\n  at x', cause: 'Error: why' }
    const [line] = printed([raw('App/Api', 1, json(1, 'request failed', { trace_id: TRACE, error }))])
    expect(line).toMatch(/error="AppError: It failed \(Error: why\)"$/)
  })

  test('includes Lambda’s own lines about failed invocations of the trace, and no others', () => {
    const lines = [
      raw('App/Api', 5, 'START RequestId: r1 Version: 1'),
      raw('App/Api', 5, json(1, 'one', request)),
      raw('App/Api', 5, '2026-01-01T12:00:10Z r1 Task timed out after 10.00 seconds'),
      raw('App/Api', 5, 'REPORT RequestId: r1 Duration: 10000 ms'),
      raw('App/Api', 5, 'REPORT RequestId: r1 Duration: 10000 ms Status: timeout'),
      raw('App/Api', 5, 'r2 Task timed out after 10.00 seconds'),
    ]
    expect(printed(lines).map((line) => line.slice(at(0).length + 2 + 12 + 2))).toEqual([
      expect.stringMatching(/^INFO {3}one/),
      expect.stringContaining('r1 Task timed out'),
      expect.stringContaining('Status: timeout'),
    ])
  })

  test.each([
    ['a whole traceparent', `00-${TRACE}-b7ad6b7169203331-01`],
    ['a correlation id', 'c1'],
  ])('is found by %s', (_, wanted) => {
    expect(printed([raw('App/Api', 1, json(1, 'one', request))], wanted)).toHaveLength(1)
  })
})
