import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import { type RetryEvent, type RetryOptions, retry } from '../../../functions/shared/resilience/retry.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { abortListeners, failing, held, lastingError, outcomeOf, transientError } from './operations.ts'

/** A retry on a fake clock; randomness gives the longest pause unless told otherwise. */
function retrier(options: Partial<RetryOptions> = {}) {
  const clock = fakeClock()
  const events: RetryEvent[] = []
  const policy = retry({
    maxAttempts: 3,
    baseMs: 100,
    capMs: 1000,
    random: () => 1,
    startTimer: clock.startTimer,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { clock, events, policy }
}

test('an operation that succeeds runs once, in silence', async () => {
  const { policy, events, clock } = retrier()
  const { operation, signals } = failing()
  expect(await policy(operation)).toBe('done')
  expect([signals.length, events.length, clock.pendingTimers()]).toEqual([1, 0, 0])
})

test('an error that may pass is followed by another try, after the pause and not before', async () => {
  const { policy, clock } = retrier()
  const { operation, signals } = failing(transientError())
  const result = policy(operation)
  await clock.advance(99)
  expect(signals).toHaveLength(1)
  await clock.advance(1)
  expect(await result).toBe('done')
  expect(signals).toHaveLength(2)
})

test('after the last attempt its error is thrown, and the events tell all that happened', async () => {
  const { policy, clock, events } = retrier()
  const errors = [transientError('1'), transientError('2'), transientError('3')]
  const { operation, signals } = failing(...errors)
  const result = outcomeOf(policy(operation))
  await clock.advance(10_000)
  expect(await result).toEqual({ error: errors[2] })
  expect(signals).toHaveLength(3)
  expect(events).toEqual([
    { type: 'retrying', attempt: 1, delayMs: 100, error: errors[0] },
    { type: 'retrying', attempt: 2, delayMs: 200, error: errors[1] },
    { type: 'gave-up', attempt: 3, reason: 'attempts-used', error: errors[2] },
  ])
})

test('pauses double from the base up to the cap', async () => {
  const { policy, clock, events } = retrier({ maxAttempts: 7, capMs: 1000 })
  const result = outcomeOf(policy(failing(...Array.from({ length: 7 }, () => transientError())).operation))
  await clock.advance(10_000)
  await result
  const delays = events.flatMap((event) => (event.type === 'retrying' ? [event.delayMs] : []))
  expect(delays).toEqual([100, 200, 400, 800, 1000, 1000])
})

test('full jitter: a pause is the random part of its longest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (random) => {
      const { policy, clock, events } = retrier({ random: () => random })
      const result = policy(failing(transientError()).operation)
      await clock.advance(100)
      await result
      expect(events).toMatchObject([{ delayMs: random * 100 }])
    }),
  )
})

test('an error that does not pass is thrown at once', async () => {
  const { policy, events } = retrier()
  const error = lastingError()
  const { operation, signals } = failing(error)
  await expect(policy(operation)).rejects.toBe(error)
  expect(signals).toHaveLength(1)
  expect(events).toEqual([{ type: 'gave-up', attempt: 1, reason: 'not-retryable', error }])
})

test('an open circuit is no reason to try again', async () => {
  const { policy } = retrier()
  const { operation, signals } = failing(new AppError('circuit-open', '', { retryable: true }))
  await expect(policy(operation)).rejects.toMatchObject({ code: 'circuit-open' })
  expect(signals).toHaveLength(1)
})

test('what is retryable can be said by the caller', async () => {
  const { policy, clock } = retrier({ isRetryable: (error) => error === 'odd' })
  const result = policy(failing('odd').operation)
  await clock.advance(100)
  expect(await result).toBe('done')
  await expect(policy(failing(transientError()).operation)).rejects.toThrow('down')
})

test('all tries get the signal of the caller', async () => {
  const { policy, clock } = retrier()
  const { signal } = new AbortController()
  const { operation, signals } = failing(transientError())
  const result = policy(operation, signal)
  await clock.advance(100)
  await result
  expect(signals).toEqual([signal, signal])
  expect(abortListeners(signal)).toBe(0)
})

test('an abort before the first try rejects with its reason, and costs no budget', async () => {
  const reason = new Error('gone')
  const calls: string[] = []
  const budget = { deposit: () => void calls.push('deposit'), withdraw: () => calls.push('withdraw') > 0 }
  const { policy, events } = retrier({ budget })
  const { operation, signals } = failing()
  await expect(policy(operation, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect([calls, events, signals]).toEqual([[], [], []])
})

test('an abort during a try ends the tries: the error is that of the operation', async () => {
  const { policy, clock, events } = retrier()
  const controller = new AbortController()
  const { operation, reject, signals } = held()
  const result = outcomeOf(policy(operation, controller.signal))
  controller.abort(new Error('deadline'))
  const error = transientError()
  reject(error)
  await clock.advance(1000)
  expect(await result).toEqual({ error })
  expect(signals).toHaveLength(1)
  expect(events).toEqual([{ type: 'gave-up', attempt: 1, reason: 'aborted', error }])
})

test('an abort during a pause ends it at once: no timer lives, no further try, the error is that of the operation', async () => {
  const { policy, clock, events } = retrier()
  const controller = new AbortController()
  const error = transientError()
  const { operation, signals } = failing(error)
  const result = outcomeOf(policy(operation, controller.signal))
  await clock.advance(50)
  controller.abort(new Error('deadline'))
  expect(clock.pendingTimers()).toBe(0)
  expect(await result).toEqual({ error })
  expect([signals.length, abortListeners(controller.signal)]).toEqual([1, 0])
  expect(events).toMatchObject([{ type: 'retrying' }, { type: 'gave-up', attempt: 1, reason: 'aborted', error }])
})

test('a result counts even if the signal aborted meanwhile', async () => {
  const { policy } = retrier()
  const controller = new AbortController()
  const { operation, resolve } = held()
  const result = policy(operation, controller.signal)
  controller.abort()
  resolve('late')
  expect(await result).toBe('late')
})

test('an empty budget ends the tries', async () => {
  const { policy, events } = retrier({ budget: { deposit() {}, withdraw: () => false } })
  const error = transientError()
  await expect(policy(failing(error).operation)).rejects.toBe(error)
  expect(events).toEqual([{ type: 'gave-up', attempt: 1, reason: 'budget-empty', error }])
})

test('a request pays in once, and takes one retry for each further try', async () => {
  const calls: string[] = []
  const budget = { deposit: () => void calls.push('deposit'), withdraw: () => calls.push('withdraw') > 0 }
  const { policy, clock } = retrier({ budget })
  const result = outcomeOf(policy(failing(transientError(), transientError(), transientError()).operation))
  await clock.advance(1000)
  await result
  // The third failure needs no retry: it is the last.
  expect(calls).toEqual(['deposit', 'withdraw', 'withdraw'])
})

test('it works in silence', async () => {
  const { startTimer, advance } = fakeClock()
  const policy = retry({ maxAttempts: 2, baseMs: 100, capMs: 100, random: () => 1, startTimer })
  const error = transientError('last')
  const result = outcomeOf(policy(failing(transientError(), error).operation))
  await advance(100)
  expect(await result).toEqual({ error })
})

test.each([
  ['maxAttempts', { maxAttempts: 0 }],
  ['maxAttempts', { maxAttempts: 101 }],
  ['baseMs', { baseMs: -1 }],
  ['capMs', { capMs: 900_001 }],
  ['capMs', { capMs: Number.NaN }],
])('%s is refused out of its range: %p', (name, options) => {
  expect(() => retrier(options)).toThrow(RangeError)
  expect(() => retrier(options)).toThrow(name)
})

test('one attempt is an attempt, and pauses may be 0', async () => {
  const { policy } = retrier({ maxAttempts: 1, baseMs: 0, capMs: 0 })
  await expect(policy(failing(transientError()).operation)).rejects.toThrow('down')
  expect(() => retrier({ maxAttempts: 100, baseMs: 900_000, capMs: 900_000 })).not.toThrow()
})
