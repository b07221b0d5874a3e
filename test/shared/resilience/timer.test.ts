import { randomPause, sleep, startTimer } from '../../../functions/shared/resilience/timer.ts'
import { fakeClock, settle } from '../../support/fake-clock.ts'
import { abortListeners } from './operations.ts'

/** Starts a sleep of 100 ms and says whether it is over. */
function sleeper() {
  const clock = fakeClock()
  const controller = new AbortController()
  const sleeping = { over: false }
  const promise = sleep({ ms: 100, signal: controller.signal, startTimer: clock.startTimer })
  const done = promise.then(() => {
    sleeping.over = true
  })
  return { clock, controller, sleeping, done }
}

test('a sleep ends after its time, not before, and leaves nothing', async () => {
  const { clock, controller, sleeping } = sleeper()
  await clock.advance(99)
  expect(sleeping.over).toBe(false)
  expect(abortListeners(controller.signal)).toBe(1)
  await clock.advance(1)
  expect(sleeping.over).toBe(true)
  expect([clock.pendingTimers(), abortListeners(controller.signal)]).toEqual([0, 0])
})

test('an abort ends a sleep at once, and no timer lives on', async () => {
  const { clock, controller, sleeping } = sleeper()
  await clock.advance(10)
  controller.abort()
  await settle()
  expect(sleeping.over).toBe(true)
  expect([clock.pendingTimers(), abortListeners(controller.signal)]).toEqual([0, 0])
})

test('a sleep with an aborted signal is over without a timer', async () => {
  const clock = fakeClock()
  const signal = AbortSignal.abort()
  await sleep({ ms: 100, signal, startTimer: clock.startTimer })
  expect([clock.pendingTimers(), abortListeners(signal)]).toEqual([0, 0])
})

test('the real timer calls back once, later, and not at all when it was cancelled', async () => {
  const calls: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = startTimer(() => calls.push('cancelled'), 1)
  startTimer(() => calls.push('kept'), 1)
  // Node fires timers of one duration in the order of their start: when this one fires, the two before it had their turn.
  startTimer(resolve, 1)
  cancel()
  expect(calls).toEqual([])
  await promise
  expect(calls).toEqual(['kept'])
})

test('the real timer waits for its time', async () => {
  const order: string[] = []
  await Promise.all(
    [30, 1].map((ms) => new Promise<void>((resolve) => startTimer(() => resolve(void order.push(`${ms}`)), ms))),
  )
  expect(order).toEqual(['1', '30'])
})

test('a random pause takes a part of its longest time', async () => {
  const clock = fakeClock()
  const { signal } = new AbortController()
  const pause = randomPause({ maxMs: 10, random: () => 0.5, signal, startTimer: clock.startTimer })
  await clock.advance(4)
  expect(clock.pendingTimers()).toBe(1)
  await clock.advance(1)
  expect(clock.pendingTimers()).toBe(0)
  await pause
})

test('a random pause that is aborted rejects with the reason', async () => {
  const clock = fakeClock()
  const caller = new AbortController()
  const pause = randomPause({ maxMs: 10, random: () => 0.5, signal: caller.signal, startTimer: clock.startTimer })
  caller.abort(new Error('deadline'))
  await expect(pause).rejects.toThrow('deadline')
  expect(clock.pendingTimers()).toBe(0)
})
