import fc from 'fast-check'
import { nextTry, RETRY_MS, WEBHOOK_PAUSES } from '../../../functions/notification/domain/retries.ts'

const question = { channel: 'email', attempts: 1, firstDueAt: 0, expiresAt: null, now: 0 } as const
const longest = () => 0.999_999

test('a pause doubles from a second to fifteen minutes', () => {
  const pauses = [1, 2, 3, 4, 11, 12, 50].map((attempts) => nextTry({ ...question, attempts }, longest))
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 900_000, 900_000, 900_000])
})

test('the last try is 24 hours after the channel was due, and there is none after it', () => {
  expect(nextTry({ ...question, attempts: 99, now: RETRY_MS - 1000 }, longest)).toBe(RETRY_MS)
  expect(nextTry({ ...question, attempts: 99, now: RETRY_MS }, longest)).toBeNull()
})

test('a try is never before now, nor after the expiry or the 24 hours', () => {
  const numbers = fc.record({
    attempts: fc.integer({ min: 1, max: 200 }),
    now: fc.integer({ min: 0, max: RETRY_MS - 1 }),
    left: fc.option(fc.integer({ min: 1, max: RETRY_MS })),
    random: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: RETRY_MS }), { nil: undefined }),
  })
  fc.assert(
    fc.property(numbers, ({ attempts, now, left, random, retryAfterMs }) => {
      const expiresAt = left === null ? null : now + left
      const at = nextTry({ ...question, attempts, now, expiresAt, retryAfterMs }, () => random) ?? Number.NaN
      expect(at).toBeGreaterThanOrEqual(now)
      expect(at).toBeLessThanOrEqual(Math.min(expiresAt ?? RETRY_MS, RETRY_MS))
    }),
  )
})

test('a webhook has its schedule, which an answer lengthens by two hours at most', () => {
  const webhook = { ...question, channel: 'webhook' } as const
  expect(WEBHOOK_PAUSES.map((_, index) => nextTry({ ...webhook, attempts: index + 1 }, longest))).toEqual(
    WEBHOOK_PAUSES,
  )
  expect(nextTry({ ...webhook, attempts: 10 }, longest)).toBeNull()
  expect(nextTry({ ...webhook, retryAfterMs: 1 }, longest)).toBe(5000)
  expect(nextTry({ ...webhook, retryAfterMs: 60_000 }, longest)).toBe(60_000)
  expect(nextTry({ ...webhook, retryAfterMs: 86_400_000 }, longest)).toBe(5000 + 2 * 3_600_000)
})
