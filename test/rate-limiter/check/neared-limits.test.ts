import { nearedLimits } from '../../../functions/rate-limiter/check/neared-limits.ts'
import type { Check, WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, PER_MINUTE, START } from '../../shared/rate-limit/support/limiter-world.ts'
import { CAUSE, TENANT } from '../a-policy.ts'

type Ask = Partial<Check> & { policy: WindowPolicy }

/** Decides by the real limiter, and lists the limits that each request nears. */
function world() {
  const { clock, limit, failWith } = limiterWorld()
  const ask = async (...asks: Ask[]) => {
    const checks = asks.map((each) => ({ subject: 'user', ...each }))
    const decided = await limit(...checks)
    return nearedLimits({ tenant: TENANT, checks, decided, cause: CAUSE })
  }
  /** Returns how much was used at each report, for some requests of cost 1. */
  const askTimes = async (times: number, policy: WindowPolicy) => {
    const all = []
    for (let asked = 0; asked < times; asked++) all.push((await ask({ policy })).map(({ used }) => used))
    return all
  }
  return { clock, ask, askTimes, failWith }
}

const SLIDING: WindowPolicy = { ...PER_MINUTE, algorithm: 'sliding-window' }
const BUCKET: WindowPolicy = { ...PER_MINUTE, algorithm: 'token-bucket' }

test.each([
  PER_MINUTE,
  SLIDING,
  BUCKET,
])('of a limit of ten the eighth request is reported, which reaches 80 %%, and the tenth, which uses it up: %p', async (policy) => {
  const { askTimes } = world()
  expect(await askTimes(11, policy)).toEqual([...Array(7).fill([]), [8], [], [10], []])
})

test('a neared limit has its numbers and its window', async () => {
  const { ask } = world()
  expect(await ask({ policy: PER_MINUTE, cost: 9 })).toEqual([
    {
      ...{ tenant: TENANT, policy: 'writes', subject: 'user', limit: 10, used: 9 },
      ...{ startMs: START, endMs: START + 60_000 },
    },
  ])
})

test('a denied cost is not reported, and one that jumps over 80 % is', async () => {
  const { ask } = world()
  expect(await ask({ policy: PER_MINUTE, cost: 7 })).toEqual([])
  expect(await ask({ policy: PER_MINUTE, cost: 4 })).toEqual([])
  expect(await ask({ policy: PER_MINUTE, cost: 2 })).toMatchObject([{ used: 9 }])
})

test('a peek is not reported', async () => {
  const { ask } = world()
  expect(await ask({ policy: PER_MINUTE, cost: 9, peek: true })).toEqual([])
})

test('checks of one request that share a counter are reported once, with their sum', async () => {
  const { ask } = world()
  await ask({ policy: PER_MINUTE, cost: 7 })
  const one = { policy: PER_MINUTE }
  expect(await ask(one, one)).toMatchObject([{ used: 9 }])
})

test('a denied request is not reported, though one of its checks alone would be', async () => {
  const { ask } = world()
  const narrow = { ...PER_MINUTE, name: 'narrow', limit: 1 }
  expect(await ask({ policy: PER_MINUTE, cost: 9 }, { policy: narrow, cost: 2 })).toEqual([])
})

test('a parent is reported with its own policy and subject, and its child only at its own limit', async () => {
  const { ask } = world()
  const org = { ...PER_MINUTE, name: 'org' }
  const policy = { ...PER_MINUTE, limit: 100, parent: { policy: org, subjectPrefix: 'org:' } }
  expect(await ask({ policy, subject: 'org:7:user:3', cost: 8 })).toMatchObject([
    { policy: 'org', subject: 'org:7:user', limit: 10, used: 8 },
  ])
})

test('policies in shadow mode or off are not reported, nor are exempt subjects', async () => {
  const { ask } = world()
  for (const more of [{ mode: 'shadow' }, { mode: 'off' }, { allow: ['user'] }] as const) {
    expect(await ask({ policy: { ...PER_MINUTE, ...more }, cost: 9 })).toEqual([])
  }
})

test('a fallback decision is not reported: nobody knows how much was used', async () => {
  const { ask, failWith } = world()
  failWith((async () => {
    throw new Error('The table is down')
  }) as Parameters<typeof failWith>[0])
  expect(await ask({ policy: { ...PER_MINUTE, onError: 'open' }, cost: 9 })).toEqual([])
})

test('a policy with shards is reported as a whole, when about 80 % are used', async () => {
  const { askTimes } = world()
  const used = (await askTimes(800, { ...PER_MINUTE, limit: 800, shards: 8 })).flat()
  expect(used.length).toBeGreaterThan(0)
  expect(used.every((each = 0) => each >= 640 && each <= 800)).toBe(true)
})

test('a bucket that holds more than its limit is measured by its burst, in the time in which it refills', async () => {
  const { ask } = world()
  const policy = { ...BUCKET, limit: 10, burst: 25, windowMs: 1000 }
  expect(await ask({ policy, cost: 20 })).toMatchObject([{ limit: 25, used: 20, startMs: START, endMs: START + 3000 }])
})

test('the time of a bucket is a year at most, however slowly it refills', async () => {
  const { ask } = world()
  const day = 86_400_000
  const [neared] = await ask({ policy: { ...BUCKET, limit: 1, burst: 1_000_000, windowMs: day }, cost: 900_000 })
  expect(neared && neared.endMs - neared.startMs).toBe(366 * day)
})

test('a month of the calendar is a window', async () => {
  const { ask } = world()
  const { windowMs: _, ...policy } = { ...PER_MINUTE, calendar: 'month' as const }
  expect(await ask({ policy, cost: 8 })).toMatchObject([{ startMs: Date.UTC(2027, 0), endMs: Date.UTC(2027, 1) }])
})

test('in the next window it is reported again', async () => {
  const { ask, clock } = world()
  await ask({ policy: PER_MINUTE, cost: 9 })
  await clock.advance(60_000)
  expect(await ask({ policy: PER_MINUTE, cost: 9 })).toMatchObject([{ startMs: START + 60_000 }])
})
