import { createSettle } from '../../../functions/shared/resilience/settle.ts'
import { type StartTimer, startTimer } from '../../../functions/shared/resilience/timer.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const { signal } = new AbortController()

/** Creates what settles races, with pauses that are recorded and end at once. */
function given(random: () => number) {
  const pauses: number[] = []
  const startAtOnce: StartTimer = (callback, ms) => {
    pauses.push(ms)
    return startTimer(callback, 0)
  }
  return { settle: createSettle({ random, startTimer: startAtOnce }), pauses }
}

test('who loses a race judges anew after a random pause, and returns what comes of it', async () => {
  const { settle, pauses } = given(() => 0.5)
  const outcomes = ['raced', 'raced', 'written'] as const
  let tries = 0
  expect(await settle(async () => outcomes[tries++] ?? 'raced', signal)).toBe('written')
  expect([tries, pauses]).toEqual([3, [50, 100]])
})

test('a hundred lost races are a conflict that may be tried again; the pauses between them grow up to a second', async () => {
  const { settle, pauses } = given(() => 1)
  await expect(settle(async () => 'raced', signal)).rejects.toMatchObject({ code: 'conflict', retryable: true })
  expect(pauses).toEqual([100, 200, 400, 800, ...Array(95).fill(1000)])
})

test('any failure ends it at once', async () => {
  const { settle, pauses } = given(() => 1)
  const failure = new Error('The table is gone.')
  await expect(settle(() => Promise.reject(failure), signal)).rejects.toBe(failure)
  expect(pauses).toEqual([])
})

test('a race after the deadline is not run again', async () => {
  const deadline = new AbortController()
  let tries = 0
  const settled = createSettle({ random: () => 1, startTimer: fakeClock().startTimer })(async () => {
    tries += 1
    deadline.abort(new Error('too late'))
    return 'raced'
  }, deadline.signal)
  await expect(settled).rejects.toMatchObject({ code: 'conflict' })
  expect(tries).toBe(1)
})
