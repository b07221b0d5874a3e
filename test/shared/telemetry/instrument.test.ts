import { getActiveResourcesInfo } from 'node:process'
import { AppError } from '../../../functions/shared/errors.ts'
import { type Invocation, instrument } from '../../../functions/shared/telemetry/instrument.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { lambdaContext } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

interface Event {
  requestId: string
  traceparent?: string
}

const EVENT: Event = { requestId: 'request-1' }
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT_ID = '00f067aa0ba902b7'
const TRACED = { ...EVENT, traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` }
/** The reserve to respond and log. */
const RESERVE_MS = 500

/** A function whose handler is `handle`, on a clock that ticks 10 ms a look. */
function lambda<Result>(handle: (event: Event, invocation: Invocation) => Promise<Result>, remainingMs = 10_000) {
  let time = 0
  const now = () => {
    time += 10
    return time
  }
  const { telemetry, lines } = recordedTelemetry(now)
  const metrics = createMetrics({ namespace: 'Stackyard/Test', names: ['Handled'], stack: 'a-stack' })
  const handler = instrument({ ...telemetry, metrics })(
    ({ requestId, traceparent }: Event) => ({ correlationId: requestId, traceparent }),
    handle,
  )
  const invoke = (event = EVENT) => handler(event, { ...lambdaContext(), getRemainingTimeInMillis: () => remainingMs })
  return { invoke, lines, metrics, logger: telemetry.logger }
}

const timers = () => getActiveResourcesInfo().filter((name) => name === 'Timeout').length

test('an invocation gives what the handler gives, and logs one line', async () => {
  const { invoke, lines } = lambda(async ({ requestId }) => `did ${requestId}`)
  expect(await invoke()).toBe('did request-1')
  expect(lines).toEqual([
    {
      level: 'INFO',
      message: 'invocation',
      timestamp: expect.any(String),
      service: 'a-service',
      cold_start: true,
      function_name: 'a-function',
      function_request_id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      correlation_id: 'request-1',
      trace_id: '01'.repeat(16),
      span_id: '01'.repeat(8),
      outcome: 'ok',
      latency_ms: 10,
    },
  ])
})

describe('the deadline', () => {
  test.each([RESERVE_MS, RESERVE_MS - 1, 0])('is over from the start with %i ms left', async (remainingMs) => {
    const { invoke } = lambda(async (_, { signal }) => signal, remainingMs)
    const signal = await invoke()
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toBeInstanceOf(AppError)
    expect(signal.reason).toMatchObject({ code: 'timed-out', retryable: true })
  })

  test('aborts when only the reserve is left', async () => {
    const { invoke } = lambda(async (_, { signal }) => {
      const before = signal.aborted
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return { before, reason: signal.reason }
    }, RESERVE_MS + 1)
    expect(await invoke()).toMatchObject({ before: false, reason: { code: 'timed-out' } })
  })

  test.each<[string, () => Promise<void>]>([
    ['succeeds', async () => {}],
    [
      'fails',
      async () => {
        throw new Error('failed')
      },
    ],
    [
      'fails before its first wait',
      () => {
        throw new Error('failed')
      },
    ],
  ])('leaves no timer behind in a frozen environment: a handler that %s', async (_, handle) => {
    const before = timers()
    let during = 0
    let signal: AbortSignal | undefined
    const { invoke } = lambda((_event, invocation) => {
      during = timers()
      signal = invocation.signal
      return handle()
    })
    await invoke().catch(() => {})
    expect(during).toBe(before + 1)
    expect(timers()).toBe(before)
    expect(signal?.aborted).toBe(false)
  })
})

describe('an error', () => {
  const error = Object.assign(new RangeError('out of luck'), { code: 'E_LUCK' })
  const failing = () =>
    lambda(async () => {
      throw error
    })

  test('is thrown on as it is', async () => {
    await expect(failing().invoke()).rejects.toBe(error)
  })

  test('is logged once, with its stack, before the line that ends the invocation', async () => {
    const { invoke, lines } = failing()
    await invoke().catch(() => {})
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        message: 'invocation failed',
        error: { name: 'RangeError', code: 'E_LUCK', message: 'out of luck', stack: error.stack },
      },
      { level: 'INFO', message: 'invocation', outcome: 'failed', latency_ms: expect.any(Number) },
    ])
    expect(lines[1]).not.toHaveProperty('error')
  })

  test('fails the invocation, whatever the handler said of it before', async () => {
    const { invoke, lines } = lambda(async (_, { describe: say }) => {
      say({ outcome: 'ok', route: '/' })
      throw error
    })
    await invoke().catch(() => {})
    expect(lines.at(-1)).toMatchObject({ outcome: 'failed', route: '/' })
  })
})

test('the handler’s description of the invocation is on its last line only', async () => {
  const { invoke, lines } = lambda(async (_, { logger, describe: say }) => {
    say({ route: 'GET /a' })
    say({ http_status: 200 })
    logger.info('at work')
  })
  await invoke()
  expect(lines.at(-1)).toMatchObject({ message: 'invocation', route: 'GET /a', http_status: 200 })
  expect(lines[0]).not.toHaveProperty('route')
})

test('the description of one invocation is not on the next one’s line', async () => {
  const { invoke, lines } = lambda(async ({ requestId }, { describe: say }) => {
    if (requestId === 'request-1') say({ route: 'GET /a' })
  })
  await invoke()
  await invoke({ requestId: 'request-2' })
  expect(lines[1]).not.toHaveProperty('route')
})

describe('metrics', () => {
  const EMF = {
    _aws: { CloudWatchMetrics: [{ Dimensions: [['stack']], Metrics: [{ Name: 'Handled', Unit: 'Count' }] }] },
    stack: 'a-stack',
  }

  test.each(['ok', 'failed'])('are on the last line of an invocation that is %s, and forgotten', async (outcome) => {
    const { invoke, lines, metrics } = lambda(async (_, { logger }) => {
      metrics.addMetric('Handled', 'Count', 2)
      logger.info('at work')
      if (outcome === 'failed') throw new Error('failed')
    })
    await invoke().catch(() => {})
    expect(lines.at(-1)).toMatchObject({ outcome, ...EMF, Handled: 2 })
    for (const line of lines.slice(0, -1)) expect(line).not.toHaveProperty('_aws')
    expect(metrics.hasStoredMetrics()).toBe(false)
  })

  test('are absent when nothing was counted', async () => {
    const { invoke, lines } = lambda(async () => {})
    await invoke()
    expect(lines[0]).not.toHaveProperty('_aws')
  })
})

test('every line can be found by correlation id and trace, also those of the handler and of an error', async () => {
  const { invoke, lines } = lambda(async (_, { logger }) => {
    logger.info('begins')
    logger.warn('goes on', { index: 1 })
    throw new Error('failed')
  })
  await invoke(TRACED).catch(() => {})
  expect(lines.map(({ message }) => message)).toEqual(['begins', 'goes on', 'invocation failed', 'invocation'])
  for (const line of lines) {
    expect(line).toMatchObject({
      correlation_id: 'request-1',
      trace_id: TRACE_ID,
      span_id: '01'.repeat(8),
      parent_span_id: PARENT_ID,
      function_request_id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    })
  }
})

test('the handler gets the trace, to hand it on', async () => {
  const { invoke } = lambda(async (_, { trace }) => trace)
  expect(await invoke(TRACED)).toEqual({
    traceId: TRACE_ID,
    spanId: '01'.repeat(8),
    parentSpanId: PARENT_ID,
    sampled: true,
  })
})

test('the ids of an invocation are on no line after it, and its parent is not the next one’s', async () => {
  const { invoke, lines, logger } = lambda(async () => {})
  await invoke(TRACED)
  logger.warn('between')
  await invoke()
  const ids = lines.map(({ correlation_id, trace_id, parent_span_id }) => [correlation_id, trace_id, parent_span_id])
  expect(ids).toEqual([
    ['request-1', TRACE_ID, PARENT_ID],
    [undefined, undefined, undefined],
    ['request-1', '01'.repeat(16), undefined],
  ])
})

test('the first invocation of an environment is the cold one, on all its lines, and no other', async () => {
  const { invoke, lines } = lambda(async (_, { logger }) => logger.info('at work'))
  for (const requestId of ['1', '2', '3']) await invoke({ requestId })
  expect(lines.map((line) => [line.correlation_id, line.cold_start])).toEqual([
    ['1', true],
    ['1', true],
    ['2', false],
    ['2', false],
    ['3', false],
    ['3', false],
  ])
})

test('an environment is cold once, even if its first invocation fails', async () => {
  const { invoke, lines } = lambda(async () => {
    throw new Error('failed')
  })
  await invoke().catch(() => {})
  await invoke().catch(() => {})
  expect(lines.map((line) => line.cold_start)).toEqual([true, true, false, false])
})
