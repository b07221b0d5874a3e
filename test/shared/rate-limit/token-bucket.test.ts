import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { tokenBucket } from '../../../functions/shared/rate-limit/token-bucket.ts'

const NOW = 1_800_000_000_000
const POLICY: WindowPolicy = { name: 'calls', algorithm: 'token-bucket', limit: 7, windowMs: 60_000, burst: 9 }

test('what the counter says and what the write asserts agree to the femtosecond', () => {
  const asked = { policy: POLICY, cost: 4, now: NOW }
  const seen = { item: { tat: { N: String(BigInt(NOW + 1) * 10n ** 12n) } }, at: NOW }
  const latest = BigInt(String(tokenBucket.plan(seen, asked).values[':latest']?.N))
  const isAllowed = (tat: bigint) => tokenBucket.judge({ tat: { N: String(tat) } }, asked).allowed
  expect([isAllowed(latest), isAllowed(latest + 1n)]).toEqual([true, false])
})

test('a cost above the bucket never fits, however small its tokens are', () => {
  for (const [limit, burst] of [
    [1_000_000_000, 999],
    [999, 1_000_000_000],
    [999_999, 1_000_000],
  ] as const) {
    const policy = { ...POLICY, windowMs: 1000, limit, burst }
    expect(tokenBucket.judge({}, { policy, cost: burst, now: NOW }).allowed).toBe(true)
    expect(tokenBucket.judge({}, { policy, cost: burst + 1, now: NOW })).toMatchObject({
      allowed: false,
      retryAfterMs: null,
    })
  }
})
