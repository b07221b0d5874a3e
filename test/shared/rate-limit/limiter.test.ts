import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, PER_MINUTE, START } from './support/limiter-world.ts'

const SLIDING: WindowPolicy = { ...PER_MINUTE, algorithm: 'sliding-window' }
const BUCKET: WindowPolicy = { ...PER_MINUTE, algorithm: 'token-bucket' }

test('an allowed decision says what is left, until when, and what was charged', async () => {
  const { decide, clock } = limiterWorld()
  clock.set(START + 15_000)
  expect(await decide(PER_MINUTE, { cost: 3 })).toEqual({
    policy: 'writes',
    subject: 'user',
    allowed: true,
    limit: 10,
    remaining: 7,
    resetMs: 45_000,
    retryAfterMs: 0,
    mode: 'enforce',
    source: 'store',
    degraded: false,
    approximate: false,
    charges: [
      {
        ...{ pk: 'Q#writes#user', sk: 'quota', attribute: `m_${START / 60_000}`, cost: 3, until: START + 60_000 },
        after: { policy: PER_MINUTE, subject: 'user', remaining: 7, at: START + 15_000 },
      },
    ],
  })
})

test('a bucket charges time, and gives it back no longer than until its tokens dropped again', async () => {
  const { decide } = limiterWorld()
  await decide(BUCKET, { cost: 2 })
  const { charges, remaining } = await decide(BUCKET, { cost: 3 })
  expect(remaining).toBe(5)
  const price = String(18_000n * 10n ** 12n)
  expect(charges).toEqual([
    {
      ...{ pk: 'Q#writes#user', sk: 'quota', attribute: 'tat', cost: 3, amount: price, until: START + 18_000 },
      after: { policy: BUCKET, subject: 'user', remaining: 5, at: START },
    },
  ])
})

test.each([PER_MINUTE, SLIDING, BUCKET])('a $algorithm admits its limit, and then denies', async (policy) => {
  const { decide, table } = limiterWorld()
  for (let left = 9; left >= 0; left--) {
    expect(await decide(policy)).toMatchObject({ allowed: true, remaining: left })
  }
  const before = structuredClone(table.items())
  const denied = { allowed: false, remaining: 0, source: 'store', degraded: false, charges: [] }
  expect(await decide(policy)).toMatchObject(denied)
  expect(table.items()).toEqual(before)
})

/** @proves rate-limiter/denial-charges-nothing */
test('a denied heavy request takes nothing from the light ones', async () => {
  const { decide } = limiterWorld()
  await decide(PER_MINUTE, { cost: 8 })
  expect(await decide(PER_MINUTE, { cost: 3 })).toMatchObject({ allowed: false, remaining: 2 })
  expect(await decide(PER_MINUTE, { cost: 2 })).toMatchObject({ allowed: true, remaining: 0 })
})

test('subjects and policies have counters of their own', async () => {
  const { decide } = limiterWorld()
  await decide(PER_MINUTE, { cost: 10 })
  expect(await decide(PER_MINUTE, { subject: 'another' })).toMatchObject({ remaining: 9 })
  expect(await decide({ ...PER_MINUTE, name: 'reads' })).toMatchObject({ remaining: 9 })
})

/** @proves rate-limiter/one-write */
test.each([
  PER_MINUTE,
  SLIDING,
  BUCKET,
])('a decision by a $algorithm takes one write, allowed or not', async (policy) => {
  const { decide, writes, calls } = limiterWorld()
  for (let decisions = 1; decisions <= 11; decisions++) {
    await decide(policy)
    // A bucket that was never seen is taken for full.
    expect([decisions, calls()]).toEqual([decisions, decisions])
  }
  expect(writes()).toBe(11)
})

test('a bucket that is full again to the millisecond takes one write', async () => {
  const { decide, writes, clock } = limiterWorld()
  await decide(BUCKET)
  await clock.advance(6000)
  expect(await decide(BUCKET)).toMatchObject({ allowed: true, remaining: 9 })
  expect(writes()).toBe(2)
})

test('an environment that sees a bucket for the first time takes a second write, when it is not full', async () => {
  const { decide, environment, writes } = limiterWorld()
  await decide(BUCKET)
  const other = environment()
  expect(await decide(BUCKET, {}, other)).toMatchObject({ allowed: true, remaining: 8 })
  expect(writes()).toBe(3)
  await decide(BUCKET, {}, other)
  expect(writes()).toBe(4)
})

test('an environment that sees a sliding window for the first time is right with one write up to half the limit', async () => {
  const { decide, environment, writes, clock } = limiterWorld()
  await decide(SLIDING, { cost: 5 })
  await clock.advance(61_000)
  expect(await decide(SLIDING, {}, environment())).toMatchObject({ allowed: true, remaining: 4 })
  expect(writes()).toBe(2)
  await decide(SLIDING, { cost: 4 })
  await clock.advance(60_000)
  await decide(SLIDING, { cost: 4 })
  await clock.advance(60_000)
  const before = writes()
  expect(await decide(SLIDING, { cost: 3 }, environment())).toMatchObject({ allowed: true })
  expect(writes()).toBe(before + 1)
})

test('a sliding window that was fuller than taken for costs one corrective write', async () => {
  const { decide, environment, writes, clock } = limiterWorld()
  await decide(SLIDING, { cost: 8 })
  await clock.advance(90_000)
  expect(await decide(SLIDING, { cost: 6 }, environment())).toMatchObject({ allowed: true, remaining: 0 })
  expect(writes()).toBe(3)
})

test('a cost above the limit is never allowed, charges nothing and asks nobody', async () => {
  const { decide, calls } = limiterWorld()
  const never = { allowed: false, retryAfterMs: null, degraded: false, source: 'cache' }
  expect(await decide(PER_MINUTE, { cost: 11 })).toMatchObject(never)
  expect(await decide({ ...BUCKET, burst: 3 }, { cost: 4 })).toMatchObject(never)
  expect(await decide({ ...BUCKET, burst: 30 }, { cost: 30 })).toMatchObject({ allowed: true })
  expect(calls()).toBe(1)
  expect(await decide({ ...BUCKET, burst: 30 }, { cost: 31 })).toMatchObject({ ...never, remaining: 0 })
})

test('a peek says what would be, and charges nothing', async () => {
  const { decide, writes } = limiterWorld()
  await decide(PER_MINUTE, { cost: 7 })
  expect(await decide(PER_MINUTE, { cost: 3, peek: true })).toMatchObject({ allowed: true, remaining: 3, charges: [] })
  expect(await decide(PER_MINUTE, { cost: 4, peek: true })).toMatchObject({ allowed: false, remaining: 3 })
  expect(await decide(PER_MINUTE, { cost: 3 })).toMatchObject({ allowed: true })
  expect(writes()).toBe(2)
})

test('a calendar window ends with the day of UTC', async () => {
  const { decide, clock } = limiterWorld()
  const daily: WindowPolicy = { name: 'daily', algorithm: 'fixed-window', limit: 1, calendar: 'day' }
  clock.set(Date.parse('2027-02-28T23:59:00Z'))
  expect(await decide(daily)).toMatchObject({ allowed: true, resetMs: 60_000 })
  expect(await decide(daily)).toMatchObject({ allowed: false, retryAfterMs: 60_000 })
  await clock.advance(60_000)
  expect(await decide(daily)).toMatchObject({ allowed: true, resetMs: 86_400_000 })
})
