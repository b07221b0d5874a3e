import { type DeadlineOptions, deadlineSignal } from '../../../functions/shared/resilience/deadline.ts'
import { fakeClock } from '../../support/fake-clock.ts'

function deadlineOf(options: Partial<DeadlineOptions> = {}) {
  const clock = fakeClock()
  const deadline = deadlineSignal({
    remainingMs: 3000,
    reserveMs: 500,
    startTimer: clock.startTimer,
    ...options,
  })
  return { clock, deadline }
}

const TIMED_OUT = { code: 'timed-out', retryable: true, message: "Not done 500 ms before the function's end" }

test('the signal aborts when only the reserve is left, and not before', async () => {
  const { clock, deadline } = deadlineOf()
  await clock.advance(2499)
  expect(deadline.signal.aborted).toBe(false)
  await clock.advance(1)
  expect(deadline.signal).toMatchObject({ aborted: true, reason: TIMED_OUT })
})

test('no timer survives an invocation that disposes of its deadline', async () => {
  const { clock, deadline } = deadlineOf()
  deadline.dispose()
  expect(clock.pendingTimers()).toBe(0)
  await clock.advance(10_000)
  expect(deadline.signal.aborted).toBe(false)
})

test('a deadline that passed can be disposed of', async () => {
  const { clock, deadline } = deadlineOf()
  await clock.advance(2500)
  expect(() => deadline.dispose()).not.toThrow()
})

test.each([0, 1, 499, 500])('with %p ms left there is only the reserve: aborted from the start', (remainingMs) => {
  const { clock, deadline } = deadlineOf({ remainingMs })
  expect(deadline.signal).toMatchObject({ aborted: true, reason: TIMED_OUT })
  expect(clock.pendingTimers()).toBe(0)
  expect(() => deadline.dispose()).not.toThrow()
})

test('with a millisecond more than the reserve there is something to do', () => {
  expect(deadlineOf({ remainingMs: 501 }).deadline.signal.aborted).toBe(false)
})

test.each([-1, 900_001, Number.NaN])('a reserve of %p ms is refused', (reserveMs) => {
  expect(() => deadlineOf({ reserveMs })).toThrow(
    new RangeError(`reserveMs is ${reserveMs}: it must be from 0 to 900000.`),
  )
})
