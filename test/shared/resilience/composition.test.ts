import { circuitBreaker } from '../../../functions/shared/resilience/circuit-breaker.ts'
import { deadlineSignal } from '../../../functions/shared/resilience/deadline.ts'
import { faultInjection } from '../../../functions/shared/resilience/fault-injection.ts'
import { pipe } from '../../../functions/shared/resilience/policy.ts'
import { retry } from '../../../functions/shared/resilience/retry.ts'
import { retryBudget } from '../../../functions/shared/resilience/retry-budget.ts'
import { timeout } from '../../../functions/shared/resilience/timeout.ts'
import { failureRate } from '../../../functions/shared/resilience/trip-rule.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { abortListeners, failing, outcomeOf } from './operations.ts'

/** All policies in the order that docs/modules/resilience-policy.md recommends, on a day of the given faults. */
function gameDay(faults: string, { reserve = 10 } = {}) {
  const clock = fakeClock()
  const { now, startTimer } = clock
  const events: string[] = []
  const onEvent = ({ type }: { type: string }) => void events.push(type)
  const inject = faultInjection({ faults, random: () => 0, startTimer, onEvent })
  const policy = pipe(
    retry({
      maxAttempts: 3,
      baseMs: 100,
      capMs: 1000,
      budget: retryBudget({ ratio: 0.2, perSecond: 0, reserve, now }),
      startTimer,
      random: () => 0.5,
      onEvent,
    }),
    circuitBreaker({
      openMs: 5000,
      tripRule: failureRate({ windowSize: 10, minCalls: 5, rate: 0.5 }),
      now,
      onEvent,
    }),
    timeout({ ms: 200, startTimer, onEvent }),
    inject('dynamodb.get'),
  )
  return { clock, events, policy }
}

test('a passing fault is not seen by the caller', async () => {
  const { clock, events, policy } = gameDay('[{"operation":"dynamodb.get","rate":1,"error":"throttle","times":2}]')
  const result = policy(failing().operation)
  await clock.advance(1000)
  expect(await result).toBe('done')
  expect(events).toEqual(['injected', 'retrying', 'injected', 'retrying'])
})

test('a dependency that is down is spared: after the fifth failure nothing is called, nor tried again', async () => {
  const { clock, events, policy } = gameDay('[{"operation":"dynamodb.get","rate":1,"error":"server"}]')
  const results = Array.from({ length: 4 }, () => outcomeOf(policy(failing().operation)))
  await clock.advance(1000)
  for (const result of results) await result
  expect(events.filter((type) => type === 'injected')).toHaveLength(5)
  events.length = 0
  expect(await outcomeOf(policy(failing().operation))).toMatchObject({ error: { code: 'circuit-open' } })
  expect(events).toEqual(['rejected', 'gave-up'])
})

test('slow calls count as failures of the dependency, though the operation does not heed the signal', async () => {
  const { clock, events, policy } = gameDay('')
  const hanging = () => new Promise<never>(() => undefined)
  const results = [outcomeOf(policy(hanging)), outcomeOf(policy(hanging))]
  await clock.advance(1000)
  expect(await Promise.all(results)).toMatchObject([{ error: { code: 'timed-out' } }, { error: { code: 'timed-out' } }])
  expect(events.filter((type) => type === 'opened')).toHaveLength(1)
  expect(clock.pendingTimers()).toBe(0)
})

test('the deadline cuts all of it short, is no failure of the dependency, and leaves nothing', async () => {
  const { clock, events, policy } = gameDay('[{"operation":"dynamodb.get","rate":1,"error":"server","latencyMs":150}]')
  const deadline = deadlineSignal({ remainingMs: 1000, reserveMs: 900, startTimer: clock.startTimer })
  const result = outcomeOf(policy(failing().operation, deadline.signal))
  await clock.advance(100)
  expect(await result).toMatchObject({ error: { code: 'timed-out', message: expect.stringContaining('900 ms') } })
  deadline.dispose()
  expect(events).toEqual(['injected', 'gave-up'])
  expect([clock.pendingTimers(), abortListeners(deadline.signal)]).toEqual([0, 0])
})

test('an empty budget leaves one try a request', async () => {
  const { events, policy } = gameDay('[{"operation":"dynamodb.get","rate":1,"error":"server"}]', { reserve: 0 })
  for (let request = 0; request < 4; request++) await outcomeOf(policy(failing().operation))
  expect(events.filter((type) => type === 'injected')).toHaveLength(4)
  expect(events).not.toContain('retrying')
})
