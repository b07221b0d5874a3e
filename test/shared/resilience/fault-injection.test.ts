import {
  type FaultEvent,
  type FaultInjectionOptions,
  faultInjection,
} from '../../../functions/shared/resilience/fault-injection.ts'
import type { Fault } from '../../../functions/shared/resilience/parse-faults.ts'
import { run } from '../../../functions/shared/resilience/policy.ts'
import { fakeClock, settle } from '../../support/fake-clock.ts'
import { abortListeners, failing, outcomeOf } from './operations.ts'

function injector(faults: Fault[], options: Partial<FaultInjectionOptions> = {}) {
  const clock = fakeClock()
  const events: FaultEvent[] = []
  const inject = faultInjection({
    faults: JSON.stringify(faults),
    random: () => 0,
    startTimer: clock.startTimer,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { clock, events, inject }
}

test.each([undefined, '', '[]'])('with %p nothing is injected, and nothing is added', (faults) => {
  expect(injector([], { faults }).inject('dynamodb.get')).toBe(run)
})

test('an operation that no fault names has nothing added', () => {
  expect(injector([{ operation: 'dynamodb.get', rate: 1, error: 'server' }]).inject('dynamodb.put')).toBe(run)
})

test.each([
  ['throttle', 'dependency-failed', 'ThrottlingException'],
  ['timeout', 'timed-out', 'TimeoutError'],
  ['server', 'dependency-failed', 'InternalServerError'],
] as const)('%s is thrown as a store would: retryable %s, caused by %s; the call is not made', async (error, code, name) => {
  const fault = { operation: 'dynamodb.get', rate: 1, error }
  const { inject, events } = injector([fault])
  const { operation, signals } = failing()
  const message = `Injected fault: ${error} of dynamodb.get`
  expect(await outcomeOf(inject('dynamodb.get')(operation))).toMatchObject({
    error: { code, retryable: true, message, cause: { name, message } },
  })
  expect([signals, events]).toEqual([[], [{ type: 'injected', fault }]])
})

test('with lost the call is made, and its answer is lost: the caller can’t know', async () => {
  const { inject } = injector([{ operation: 'x', rate: 1, error: 'lost' }])
  const { operation, signals } = failing()
  expect(await outcomeOf(inject('x')(operation))).toMatchObject({
    error: { code: 'timed-out', retryable: true, cause: { name: 'TimeoutError' } },
  })
  expect(signals).toHaveLength(1)
})

test('an operation that fails by itself keeps its own error, also when its answer would be lost', async () => {
  const { inject } = injector([{ operation: 'x', rate: 1, error: 'lost' }])
  const own = new Error('refused')
  expect(await outcomeOf(inject('x')(() => Promise.reject(own)))).toEqual({ error: own })
})

test('a crash is reported, and ends the process before the call is made', async () => {
  const steps: string[] = []
  const { inject, events } = injector([{ operation: 'x', rate: 1, error: 'crash' }], {
    endProcess: () => steps.push('ended'),
  })
  const { operation, signals } = failing()
  await outcomeOf(inject('x')(operation))
  expect([steps, signals, events.length]).toEqual([['ended'], [], 1])
})

test('latency alone delays the call, which is then made with its signal', async () => {
  const { inject, clock } = injector([{ operation: 'x', rate: 1, latencyMs: 50 }])
  const { signal } = new AbortController()
  const { operation, signals } = failing()
  const result = inject('x')(operation, signal)
  await clock.advance(49)
  expect(signals).toEqual([])
  await clock.advance(1)
  expect(await result).toBe('done')
  expect(signals).toEqual([signal])
})

test('latency comes before the error', async () => {
  const { inject, clock } = injector([{ operation: 'x', rate: 1, latencyMs: 50, error: 'timeout' }])
  const result = outcomeOf(inject('x')(failing().operation))
  await clock.advance(49)
  expect(await Promise.race([result, settle()])).toBeUndefined()
  await clock.advance(1)
  expect(await result).toMatchObject({ error: { code: 'timed-out' } })
})

test('no latency means no timer', () => {
  const { inject, clock } = injector([{ operation: 'x', rate: 1, latencyMs: 0 }])
  const result = inject('x')(failing().operation)
  expect(clock.pendingTimers()).toBe(0)
  return expect(result).resolves.toBe('done')
})

test('an abort ends the latency at once with its reason: no timer lives, the call is not made', async () => {
  const { inject, clock } = injector([{ operation: 'x', rate: 1, latencyMs: 50 }])
  const controller = new AbortController()
  const reason = new Error('deadline')
  const { operation, signals } = failing()
  const result = outcomeOf(inject('x')(operation, controller.signal))
  await clock.advance(10)
  controller.abort(reason)
  expect(await result).toEqual({ error: reason })
  expect([signals.length, clock.pendingTimers(), abortListeners(controller.signal)]).toEqual([0, 0, 0])
})

test('what is aborted already is not hit: it uses up no fault', async () => {
  const { inject, events } = injector([{ operation: 'x', rate: 1, error: 'server', times: 1 }])
  await expect(inject('x')(failing().operation, AbortSignal.abort('left'))).rejects.toBe('left')
  expect(events).toEqual([])
})

test('a call is hit when chance is below the rate', async () => {
  const chances = [0.24, 0.25, 0, 0.99]
  const { inject } = injector([{ operation: 'x', rate: 0.25, error: 'server' }], { random: () => chances.shift() ?? 0 })
  const policy = inject('x')
  const results = []
  for (let call = 0; call < 4; call++) results.push(await outcomeOf(policy(failing().operation)))
  expect(results.map((result) => 'error' in result)).toEqual([true, false, true, false])
})

test('a fault hits no more calls than its times, counted over all that ask for the operation', async () => {
  const { inject } = injector([{ operation: 'x', rate: 1, error: 'server', times: 2 }])
  const results = []
  for (let call = 0; call < 4; call++) results.push(await outcomeOf(inject('x')(failing().operation)))
  expect(results.map((result) => 'error' in result)).toEqual([true, true, false, false])
})

test('without times a fault goes on', async () => {
  const { inject } = injector([{ operation: 'x', rate: 1, error: 'server' }])
  const policy = inject('x')
  for (let call = 0; call < 50; call++) await expect(policy(failing().operation)).rejects.toThrow('Injected')
})

test('of several faults the first that hits is taken', async () => {
  const { inject, events } = injector([
    { operation: 'x', rate: 0, error: 'timeout' },
    { operation: 'x', rate: 1, error: 'server', times: 1 },
    { operation: 'x', rate: 1, error: 'throttle' },
  ])
  const policy = inject('x')
  for (let call = 0; call < 2; call++) await outcomeOf(policy(failing().operation))
  expect(events.map(({ fault }) => fault.error)).toEqual(['server', 'throttle'])
})

test('a wrong fault fails the start, with the name of the field', () => {
  expect(() => injector([{ operation: 'x', rate: 2 }])).toThrow('faults[0].rate')
})

test('it works in silence', async () => {
  const inject = faultInjection({
    faults: '[{"operation":"x","rate":1,"error":"server"}]',
    random: () => 0,
    startTimer: fakeClock().startTimer,
  })
  await expect(inject('x')(failing().operation)).rejects.toThrow('Injected')
})
