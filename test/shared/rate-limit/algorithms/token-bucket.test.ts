import { tokenBucket } from '../../../../functions/shared/rate-limit/algorithms/token-bucket.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, START } from '../support/limiter-world.ts'

const NOW = 1_800_000_000_000
const POLICY: WindowPolicy = { name: 'calls', algorithm: 'token-bucket', limit: 7, windowMs: 60_000, burst: 9 }

test('what the counter says and what the write asserts agree to the femtosecond', () => {
  const check = { policy: POLICY, cost: 4, now: NOW }
  const snapshot = { item: { tat: { N: String(BigInt(NOW + 1) * 10n ** 12n) } }, at: NOW }
  const latest = BigInt(String(tokenBucket.plan(snapshot, check).values[':latest']?.N))
  const isAllowed = (tat: bigint) => tokenBucket.judge({ tat: { N: String(tat) } }, check).allowed
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

/** Writes for 400 decisions at random times, that use four fifths of the tokens. */
async function writesOf(count: number): Promise<number> {
  const { clock, decide, environment, writes } = limiterWorld()
  const policy: WindowPolicy = { ...POLICY, limit: 100, burst: 100 }
  const environments = Array.from({ length: count }, environment)
  let seed = 7
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  for (let index = 0; index < 400; index++) {
    clock.set(START + Math.floor((index + random()) * 750))
    const by = environments[Math.floor(random() * count)]
    expect((await decide(policy, {}, by)).allowed).toBe(true)
  }
  return writes()
}

test('one environment never takes a bucket wrong, four do so for about a quarter of their decisions', async () => {
  expect(await writesOf(1)).toBe(400)
  const four = await writesOf(4)
  expect(four).toBeGreaterThan(400 * 1.2)
  expect(four).toBeLessThan(400 * 1.3)
})
