import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import type { Policy } from '../../../functions/shared/resilience/policy.ts'
import { type TimeoutEvent, type TimeoutOptions, timeout } from '../../../functions/shared/resilience/timeout.ts'
import { fakeClock, settle } from '../../support/fake-clock.ts'
import { abortListeners, held, outcomeOf, transientError } from './operations.ts'

/** A call with a timeout of 100 ms, and all that could be left behind by it. */
function timedCall() {
  const clock = fakeClock()
  const events: TimeoutEvent[] = []
  const policy = timeout({ ms: 100, startTimer: clock.startTimer, onEvent: (event) => events.push(event) })
  const controller = new AbortController()
  const operation = held()
  const result = outcomeOf(policy(operation.operation, controller.signal))
  const left = () => ({ timers: clock.pendingTimers(), listeners: abortListeners(controller.signal) })
  return { clock, events, controller, operation, result, left }
}

const NOTHING = { timers: 0, listeners: 0 }
const TIMED_OUT = { code: 'timed-out', retryable: true, message: 'No answer within 100 ms' }

test('a result in time passes, and nothing is left', async () => {
  const { operation, clock, result, left, events } = timedCall()
  await clock.advance(99)
  expect(left()).toEqual({ timers: 1, listeners: 1 })
  operation.resolve('in time')
  expect(await result).toEqual({ value: 'in time' })
  expect([left(), events]).toEqual([NOTHING, []])
  await clock.advance(1000)
  expect(operation.signals).toMatchObject([{ aborted: false }])
})

test('an error in time passes, and nothing is left', async () => {
  const { operation, result, left } = timedCall()
  const error = transientError()
  operation.reject(error)
  expect(await result).toEqual({ error })
  expect(left()).toEqual(NOTHING)
})

test('after its time a call is aborted and rejects, though the operation does not heed the signal', async () => {
  const { operation, clock, result, left, events } = timedCall()
  await clock.advance(100)
  const ended = await result
  expect(ended).toMatchObject({ error: TIMED_OUT })
  expect(operation.signals).toMatchObject([{ aborted: true, reason: TIMED_OUT }])
  expect([left(), events]).toEqual([NOTHING, [{ type: 'timed-out', ms: 100 }]])
})

test.each(['resolves', 'rejects'])('an operation that %s too late is ignored', async (end) => {
  const { operation, clock, result } = timedCall()
  await clock.advance(100)
  if (end === 'resolves') operation.resolve('late')
  else operation.reject(new Error('late'))
  // Jest fails a test in which a rejection is not handled.
  await settle()
  expect(await result).toMatchObject({ error: TIMED_OUT })
})

test('the timeout wins over the error with which the operation answers the abort', async () => {
  const clock = fakeClock()
  const policy = timeout({ ms: 100, startTimer: clock.startTimer })
  const result = outcomeOf(
    policy(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
        }),
    ),
  )
  await clock.advance(100)
  expect(await result).toMatchObject({ error: TIMED_OUT })
})

test('an abort from outside reaches the operation, and rejects at once with its reason', async () => {
  const { controller, operation, result, left, events } = timedCall()
  const reason = new Error('client gone')
  controller.abort(reason)
  expect(await result).toEqual({ error: reason })
  expect(operation.signals).toMatchObject([{ aborted: true, reason }])
  expect([left(), events]).toEqual([NOTHING, []])
})

test('what is aborted already is not begun', async () => {
  const clock = fakeClock()
  const { operation, signals } = held()
  const reason = new Error('client gone')
  const signal = AbortSignal.abort(reason)
  await expect(timeout({ ms: 100, startTimer: clock.startTimer })(operation, signal)).rejects.toBe(reason)
  expect([signals.length, clock.pendingTimers(), abortListeners(signal)]).toEqual([0, 0, 0])
})

test('an operation that throws before its first wait leaves nothing, even if it aborted its caller', async () => {
  const clock = fakeClock()
  const controller = new AbortController()
  const error = new Error('at once')
  const result = outcomeOf(
    timeout({ ms: 100, startTimer: clock.startTimer })(() => {
      controller.abort()
      throw error
    }, controller.signal),
  )
  await settle()
  expect(await result).toEqual({ error })
  expect([clock.pendingTimers(), abortListeners(controller.signal)]).toEqual([0, 0])
})

test.each([0, 900_001, Number.POSITIVE_INFINITY])('a timeout of %p ms is refused', (ms) => {
  expect(() => timeout({ ms, startTimer: fakeClock().startTimer })).toThrow(
    new RangeError(`ms is ${ms}: it must be from 1 to 900000.`),
  )
})

/** The timeout of the properties, which are slow on a busy machine, and slower under mutation. */
const TIMEOUT_MS = 120_000

type NewTimeout = (options: TimeoutOptions) => Policy

/**
 * The operation's end, the timer and the caller's abort come in any order: the first decides, the others change
 * nothing, and nothing is left.
 */
async function assertFirstDecides(newTimeout: NewTimeout): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, fails) => {
    const order: string[] = []
    const timers = new Set<() => void>()
    const startTimer = (callback: () => void) => {
      timers.add(callback)
      scheduler.schedule(Promise.resolve('timer')).then(() => {
        if (timers.delete(callback)) callback()
        order.push('timer')
      })
      return () => void timers.delete(callback)
    }
    const controller = new AbortController()
    const operation = held()
    const left = () => ({ timers: timers.size, listeners: abortListeners(controller.signal) })
    const result = outcomeOf(newTimeout({ ms: 100, startTimer })(operation.operation, controller.signal))
    // Looked at as soon as the caller could: later an event that has been waited for is gone by itself.
    const leftAtEnd = result.then(left)
    scheduler.schedule(Promise.resolve('operation')).then(() => {
      order.push('operation')
      if (fails) operation.reject('failed')
      else operation.resolve('done')
    })
    scheduler.schedule(Promise.resolve('caller')).then(() => {
      order.push('caller')
      controller.abort('left')
    })
    await scheduler.waitAll()
    const [first] = order
    const operationEnd = fails ? { error: 'failed' } : { value: 'done' }
    const expected = first === 'timer' ? { error: expect.any(AppError) } : { error: 'left' }
    expect(await Promise.race([result, settle()])).toEqual(first === 'operation' ? operationEnd : expected)
    // After the operation's end its signal means nothing: an abort may still reach it before the listener is gone.
    expect(first === 'operation' || operation.signals[0]?.aborted).toBe(true)
    expect(await Promise.race([leftAtEnd, settle()])).toEqual(NOTHING)
  })
  await fc.assert(property, { numRuns: 1000 })
}

test(
  'of result, timer and abort the first decides, whatever their order',
  async () => {
    await assertFirstDecides(timeout)
  },
  TIMEOUT_MS,
)

/** Timeouts with the faults that one would make. */
const withoutAbort: NewTimeout =
  ({ ms, startTimer }) =>
  async (operation, outer = new AbortController().signal) => {
    const { promise, reject } = Promise.withResolvers<never>()
    const cancel = startTimer(() => reject(new AppError('timed-out', `${ms}`)), ms)
    return Promise.race([operation(outer), promise]).finally(cancel)
  }
const waitingForTheOperation: NewTimeout =
  ({ ms, startTimer }) =>
  async (operation, outer = new AbortController().signal) => {
    const controller = new AbortController()
    const cancel = startTimer(() => controller.abort(new AppError('timed-out', `${ms}`)), ms)
    return operation(AbortSignal.any([outer, controller.signal])).finally(cancel)
  }
const keepingItsTimer: NewTimeout = (options) =>
  timeout({
    ...options,
    startTimer: (callback, ms) => {
      options.startTimer(callback, ms)
      return () => undefined
    },
  })

test.each([
  ['does not abort the operation', withoutAbort],
  ['waits for the operation to heed the signal', waitingForTheOperation],
  ['keeps its timer', keepingItsTimer],
])(
  'the property finds a timeout that %s',
  async (_, broken) => {
    await expect(assertFirstDecides(broken)).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
