import {
  type CircuitBreakerEvent,
  type CircuitBreakerOptions,
  circuitBreaker,
} from '../../../functions/shared/resilience/circuit-breaker.ts'
import { failureRate } from '../../../functions/shared/resilience/trip-rule.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { failing, held, lastingError, outcomeOf, transientError } from './operations.ts'

/** Opens after 2 failures in a row, for 1000 ms. */
function breakerOf(options: Partial<CircuitBreakerOptions> = {}) {
  const clock = fakeClock()
  const events: CircuitBreakerEvent[] = []
  const breaker = circuitBreaker({
    openMs: 1000,
    tripRule: failureRate({ windowSize: 2, minCalls: 2, rate: 1 }),
    now: clock.now,
    onEvent: (event) => events.push(event),
    ...options,
  })
  const fail = (error: unknown = transientError()) => outcomeOf(breaker(failing(error).operation))
  const succeed = () => outcomeOf(breaker(failing().operation))
  return { clock, events, breaker, fail, succeed }
}

async function openBreaker(options: Partial<CircuitBreakerOptions> = {}) {
  const given = breakerOf(options)
  const cause = transientError('what opened it')
  await given.fail()
  await given.fail(cause)
  given.events.length = 0
  return { ...given, cause }
}

const REJECTED = { error: { code: 'circuit-open', retryable: true } }

test('a closed circuit lets calls through with their signal, results and errors as they are', async () => {
  const { breaker, events } = breakerOf()
  const { signal } = new AbortController()
  const { operation, signals } = failing(transientError('as it is'))
  await expect(breaker(operation, signal)).rejects.toThrow('as it is')
  expect(await breaker(operation, signal)).toBe('done')
  expect([signals, events]).toEqual([[signal, signal], []])
})

test('the failure that trips the rule opens the circuit', async () => {
  const { fail, events } = breakerOf()
  const error = transientError()
  await fail()
  expect(events).toEqual([])
  await fail(error)
  expect(events).toEqual([{ type: 'opened', error, openMs: 1000 }])
})

test('answers between failures keep it closed', async () => {
  const { fail, succeed, events } = breakerOf()
  for (let round = 0; round < 5; round++) {
    await fail()
    await succeed()
  }
  expect(events).toEqual([])
})

test('an open circuit refuses calls without making them: the cause is the failure that opened it', async () => {
  const { breaker, clock, events, cause } = await openBreaker()
  await clock.advance(400)
  const { operation, signals } = failing()
  expect(await outcomeOf(breaker(operation))).toMatchObject({
    error: { code: 'circuit-open', retryable: true, message: 'Not called: too many recent calls failed' },
  })
  expect(await outcomeOf(breaker(operation))).toHaveProperty('error.cause', cause)
  expect(signals).toEqual([])
  expect(events[0]).toEqual({ type: 'rejected', retryAfterMs: 600 })
})

test('it refuses until its time is over, and not a millisecond longer', async () => {
  const { succeed, clock } = await openBreaker()
  await clock.advance(999)
  expect(await succeed()).toMatchObject(REJECTED)
  await clock.advance(1)
  expect(await succeed()).toEqual({ value: 'done' })
})

test('while the probe is under way all others are refused, for nobody knows how long', async () => {
  const { breaker, succeed, clock, events, cause } = await openBreaker()
  await clock.advance(1500)
  const probe = held()
  const result = outcomeOf(breaker(probe.operation))
  expect(await succeed()).toMatchObject(REJECTED)
  expect(await succeed()).toHaveProperty('error.cause', cause)
  expect(events).toEqual([
    { type: 'half-opened' },
    { type: 'rejected', retryAfterMs: 0 },
    { type: 'rejected', retryAfterMs: 0 },
  ])
  probe.resolve('back')
  expect(await result).toEqual({ value: 'back' })
})

test('a probe that is answered closes the circuit, which begins without a memory', async () => {
  const { fail, succeed, clock, events } = await openBreaker()
  await clock.advance(1000)
  await succeed()
  expect(events).toEqual([{ type: 'half-opened' }, { type: 'closed' }])
  await fail()
  expect(await succeed()).toEqual({ value: 'done' })
  expect(events).toHaveLength(2)
})

test('a probe that gets an error which is no failure closes the circuit: it was answered', async () => {
  const { fail, clock, events } = await openBreaker()
  await clock.advance(1000)
  await fail(lastingError())
  expect(events).toEqual([{ type: 'half-opened' }, { type: 'closed' }])
})

test('a probe that fails opens the circuit anew, for the whole time', async () => {
  const { fail, succeed, clock, events } = await openBreaker()
  await clock.advance(5000)
  const error = transientError('still down')
  await fail(error)
  expect(events).toEqual([{ type: 'half-opened' }, { type: 'opened', error, openMs: 1000 }])
  await clock.advance(999)
  expect(await succeed()).toHaveProperty('error.cause', error)
  await clock.advance(1)
  expect(await succeed()).toEqual({ value: 'done' })
})

test('a probe that its caller aborted leaves its place to the next call', async () => {
  const { breaker, succeed, clock, events } = await openBreaker()
  await clock.advance(1000)
  const controller = new AbortController()
  const probe = held()
  const result = outcomeOf(breaker(probe.operation, controller.signal))
  controller.abort()
  probe.reject(transientError())
  await result
  expect(await succeed()).toEqual({ value: 'done' })
  expect(events).toEqual([{ type: 'half-opened' }, { type: 'half-opened' }, { type: 'closed' }])
})

test('calls that their caller aborted are no failures', async () => {
  const { breaker, fail, events } = breakerOf()
  for (let call = 0; call < 5; call++) {
    const controller = new AbortController()
    const operation = held()
    const result = outcomeOf(breaker(operation.operation, controller.signal))
    controller.abort()
    operation.reject(transientError())
    await result
  }
  await fail()
  expect(events).toEqual([])
})

test('what is aborted already is not begun, and does not take the place of the probe', async () => {
  const { breaker, succeed, clock, events } = await openBreaker()
  await clock.advance(1000)
  const reason = new Error('client gone')
  const { operation, signals } = failing()
  await expect(breaker(operation, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect([signals, events]).toEqual([[], []])
  expect(await succeed()).toEqual({ value: 'done' })
})

test.each(['fails', 'answers'])('a call of before that %s while the circuit is open changes nothing', async (end) => {
  const { breaker, fail, succeed, events } = breakerOf()
  const early = held()
  const result = outcomeOf(breaker(early.operation))
  await fail()
  await fail()
  if (end === 'fails') early.reject(transientError())
  else early.resolve('late')
  await result
  expect(events.map(({ type }) => type)).toEqual(['opened'])
  expect(await succeed()).toMatchObject(REJECTED)
})

test('a clock that is set back lets a probe through instead of prolonging the time', async () => {
  const { succeed, clock } = await openBreaker()
  clock.set(clock.now() - 1)
  expect(await succeed()).toEqual({ value: 'done' })
})

test('a clock that was set back does not tell callers to wait for longer than the circuit is open', async () => {
  const { breaker, succeed, clock, events } = await openBreaker()
  await clock.advance(1000)
  const probe = held()
  const result = outcomeOf(breaker(probe.operation))
  clock.set(0)
  await succeed()
  expect(events.at(-1)).toEqual({ type: 'rejected', retryAfterMs: 0 })
  probe.resolve('back')
  await result
})

test('which errors are failures can be said by the caller', async () => {
  const { fail, events } = breakerOf({ isFailure: (error) => error === 'odd' })
  await fail()
  await fail()
  expect(events).toEqual([])
  await fail('odd')
  await fail('odd')
  expect(events).toEqual([{ type: 'opened', error: 'odd', openMs: 1000 }])
})

test('it works in silence', async () => {
  const clock = fakeClock()
  const tripRule = failureRate({ windowSize: 1, minCalls: 1, rate: 1 })
  const breaker = circuitBreaker({ openMs: 1, tripRule, now: clock.now })
  const error = transientError()
  expect(await outcomeOf(breaker(failing(error).operation))).toEqual({ error })
  expect(await outcomeOf(breaker(failing().operation))).toMatchObject(REJECTED)
  await clock.advance(1)
  expect(await breaker(failing().operation)).toBe('done')
})

test.each([0, 900_001, Number.NaN])('an openMs of %p is refused', (openMs) => {
  expect(() => breakerOf({ openMs })).toThrow(new RangeError(`openMs is ${openMs}: it must be from 1 to 900000.`))
})
