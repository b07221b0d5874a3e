import fc from 'fast-check'
import type { Decided } from '../../../functions/shared/rate-limit/policy.ts'
import { waitForLimit } from '../../../functions/shared/rate-limit/wait-for-limit.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { abortListeners } from '../resilience/operations.ts'
import { decided, decision, denial, POLICY } from './support/decisions.ts'

const START = 1_000_000
const CHECKS = [{ policy: POLICY, subject: 'org:7' }]
const ALLOWED = decided(decision())

/** Somebody who waits for a limit that gives these answers in turn, the last one for ever. */
function waiter(answers: [Decided, ...Decided[]], options: { maxWaitMs: number; random?: number }) {
  const clock = fakeClock(START)
  const askedAt: number[] = []
  const deadline = new AbortController()
  const limit = waitForLimit(
    async (checks, signal) => {
      expect([checks, signal]).toEqual([CHECKS, deadline.signal])
      askedAt.push(clock.now() - START)
      return answers[Math.min(askedAt.length, answers.length) - 1] ?? ALLOWED
    },
    { now: clock.now, startTimer: clock.startTimer, random: () => options.random ?? 0, maxWaitMs: options.maxWaitMs },
  )
  return { clock, askedAt, deadline, asked: limit(CHECKS, deadline.signal) }
}

test('who is let in does not wait', async () => {
  const { asked, askedAt, clock } = waiter([ALLOWED], { maxWaitMs: 5000 })
  expect(await asked).toBe(ALLOWED)
  expect(askedAt).toEqual([0])
  expect(clock.pendingTimers()).toBe(0)
})

test('who is denied asks again when it may pass, and not before', async () => {
  const { asked, askedAt, clock } = waiter([decided(denial(2000)), ALLOWED], { maxWaitMs: 5000 })
  await clock.advance(1999)
  expect(askedAt).toEqual([0])
  await clock.advance(1)
  expect(await asked).toBe(ALLOWED)
  expect(askedAt).toEqual([0, 2000])
})

test('those who wait come one after the other: a quarter of their wait later at most, and 100 ms at least', async () => {
  for (const [retryMs, latest] of [
    [2000, 2500],
    [30, 130],
  ] as const) {
    const { asked, askedAt, clock } = waiter([decided(denial(retryMs)), ALLOWED], { maxWaitMs: 5000, random: 1 })
    await clock.advance(latest)
    expect(await asked).toBe(ALLOWED)
    expect(askedAt).toEqual([0, latest])
  }
})

test('nobody waits longer than they would', async () => {
  const denied = decided(denial(2000))
  const short = waiter([denied], { maxWaitMs: 1999 })
  expect(await short.asked).toBe(denied)
  const { asked, askedAt, clock } = waiter([denied], { maxWaitMs: 4400, random: 1 })
  await clock.advance(4400)
  expect(await asked).toBe(denied)
  expect(askedAt).toEqual([0, 2500])
})

test('the last try comes within the wait, however it is spread', async () => {
  const { asked, askedAt, clock } = waiter([decided(denial(2000)), ALLOWED], { maxWaitMs: 2100, random: 1 })
  await clock.advance(2100)
  expect(await asked).toBe(ALLOWED)
  expect(askedAt).toEqual([0, 2100])
})

test.each([
  ['what can never pass', decided(denial(null))],
  ['what a table could not decide', decided(denial(1000, { degraded: true }))],
  ['what a table could not decide in part', decided(denial(1000), denial(1000, { degraded: true }))],
])('%s is denied at once', async (_, denied) => {
  const { asked, clock } = waiter([denied], { maxWaitMs: 5000 })
  expect(await asked).toBe(denied)
  expect(clock.pendingTimers()).toBe(0)
})

test('a sibling that is degraded and would pass is no reason not to wait', async () => {
  const denied = decided(denial(1000), decision({ degraded: true }))
  const { asked, clock } = waiter([denied, ALLOWED], { maxWaitMs: 5000 })
  await clock.advance(1000)
  expect(await asked).toBe(ALLOWED)
})

test('the deadline ends the wait with the denial, and leaves nothing', async () => {
  const denied = decided(denial(2000))
  const { asked, askedAt, clock, deadline } = waiter([denied], { maxWaitMs: 5000 })
  await clock.advance(500)
  deadline.abort(new Error('too late'))
  expect(await asked).toBe(denied)
  expect(askedAt).toEqual([0])
  expect(clock.pendingTimers()).toBe(0)
  expect(abortListeners(deadline.signal)).toBe(0)
})

test('a limit that says "at once" again and again is asked each 25 ms, for as long as one waits', async () => {
  const { asked, askedAt, clock } = waiter([decided(denial(0))], { maxWaitMs: 100 })
  await clock.advance(100)
  expect((await asked).allowed).toBe(false)
  expect(askedAt).toEqual([0, 25, 50, 75, 100])
})

test('where the clock stands still, the tries end', async () => {
  let asked = 0
  const limit = waitForLimit(
    async () => {
      asked += 1
      return decided(denial(10))
    },
    {
      maxWaitMs: 100,
      now: () => START,
      random: () => 0,
      startTimer: (callback) => {
        queueMicrotask(callback)
        return () => {}
      },
    },
  )
  expect((await limit(CHECKS, new AbortController().signal)).allowed).toBe(false)
  expect(asked).toBe(5)
})

test('whatever a limit answers, it is asked within the wait only, and never sooner than it said', async () => {
  const answers = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 6 })
  // Without a rounding error in any sum.
  const random = fc.nat(63).map((part) => part / 64)
  await fc.assert(
    fc.asyncProperty(answers, fc.integer({ min: 0, max: 5000 }), random, async (...of) => {
      const [retries, maxWaitMs, random] = of
      const [first = 0, ...rest] = retries.map((ms) => decided(denial(ms)))
      const { asked, askedAt, clock } = waiter([first || ALLOWED, ...rest, ALLOWED], { maxWaitMs, random })
      await clock.advance(6000)
      await asked
      expect(askedAt.every((at) => at <= maxWaitMs)).toBe(true)
      for (const [index, at] of askedAt.entries()) {
        if (index > 0) expect(at - (askedAt[index - 1] ?? 0)).toBeGreaterThanOrEqual(retries[index - 1] ?? 0)
      }
      expect(clock.pendingTimers()).toBe(0)
    }),
  )
})

test.each([-1, Number.NaN, 900_001])('nobody waits for %d ms', (maxWaitMs) => {
  const waiting = { maxWaitMs, now: () => START, random: () => 0, startTimer: () => () => {} }
  expect(() => waitForLimit(async () => ALLOWED, waiting)).toThrow(`maxWaitMs is ${maxWaitMs}`)
})
