import fc from 'fast-check'
import { takeToken } from '../../../functions/chat/domain/send-rate.ts'

const RATE = { perSecond: 10, burst: 20 }

test('a user gets the burst at once, and from then on the rate, however the requests are spread', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(gaps, (waits) => {
      let now = 1_000_000
      let fullAt = 0
      const taken: number[] = []
      for (const wait of waits) {
        now += wait
        const token = takeToken(fullAt, now, RATE)
        if ('retryAfterMs' in token) {
          // The wait is exact: not a millisecond earlier, and then there is a token.
          expect(takeToken(fullAt, now + token.retryAfterMs - 1, RATE)).toHaveProperty('retryAfterMs')
          expect(takeToken(fullAt, now + token.retryAfterMs, RATE)).toHaveProperty('fullAt')
          continue
        }
        taken.push(now)
        fullAt = token.fullAt
      }
      for (const [first, start] of taken.entries()) {
        for (const [last, end] of taken.entries()) {
          if (last < first) continue
          expect(last - first + 1).toBeLessThanOrEqual(RATE.burst + ((end - start) * RATE.perSecond) / 1000)
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('a clock that was ahead of this one makes a user wait for one token, and not for the difference', () => {
  const now = 1_000_000
  expect(takeToken(now + 3_600_000, now, RATE)).toEqual({ retryAfterMs: 100 })
})
