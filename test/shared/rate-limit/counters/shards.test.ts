import type { UpdateItemInput } from '@aws-sdk/client-dynamodb'
import { AppError } from '../../../../functions/shared/errors.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { type DynamoDBCall, refusal } from '../../../support/fake-dynamodb.ts'
import { transientError } from '../../resilience/operations.ts'
import { limiterWorld, PER_MINUTE } from '../support/limiter-world.ts'

const SHARDED: WindowPolicy = { ...PER_MINUTE, limit: 803, shards: 8 }
const shardsOf = ({ table }: ReturnType<typeof limiterWorld>) =>
  table
    .items()
    .map(({ pk }) => pk?.S)
    .sort()

async function offer({ decide }: Pick<ReturnType<typeof limiterWorld>, 'decide'>, policy: WindowPolicy, count: number) {
  let admitted = 0
  for (let asked = 0; asked < count; asked++) if ((await decide(policy)).allowed) admitted++
  return admitted
}

/** @proves rate-limiter/shards-admit */
test.each([
  'fixed-window',
  'sliding-window',
  'token-bucket',
] as const)('offered exactly its limit, a %s in 8 shards admits 95 %% or more; offered more, exactly its limit', async (algorithm) => {
  const world = limiterWorld()
  const policy = { ...SHARDED, algorithm }
  const admitted = await offer(world, policy, 803)
  expect(admitted).toBeGreaterThanOrEqual(0.95 * 803)
  expect(admitted + (await offer(world, policy, 800))).toBe(803)
  expect(shardsOf(world)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((shard) => `Q${shard}#writes#user`))
})

test.each([2, 8])('decisions spread over all of %d shards', async (shards) => {
  const world = limiterWorld()
  await offer(world, { ...SHARDED, limit: 800, shards }, 20 * shards)
  const counts = world.table.items().map((item) => Number(item.m_30000000?.N))
  expect(counts).toHaveLength(shards)
  // By chance alone, one run in a million leaves this range.
  expect(Math.min(...counts)).toBeGreaterThan(3)
  expect(Math.max(...counts)).toBeLessThan(45)
})

test('one shard counts as none', async () => {
  const { decide } = limiterWorld()
  const { charges, approximate } = await decide({ ...PER_MINUTE, shards: 1 })
  expect([approximate, charges.map(({ pk }) => pk)]).toEqual([false, ['Q#writes#user']])
})

/** @proves rate-limiter/shards-admit */
test('a shard that denies is followed by one other, before the subject is denied', async () => {
  const world = limiterWorld()
  const policy = { ...SHARDED, limit: 800, blockMs: 0 }
  // One is taken whole each time, so that a decision needs a second write as soon as it meets a full one.
  const writes: number[] = []
  for (let asked = 0; asked < 8; asked++) {
    const before = world.writes()
    await world.decide(policy, { cost: 100 })
    writes.push(world.writes() - before)
  }
  expect(Math.max(...writes)).toBe(2)
  expect(Math.min(...writes)).toBe(1)
})

test('what is known to be full is not tried, and when all are, the denial is free', async () => {
  const world = limiterWorld()
  const policy = { ...SHARDED, limit: 800 }
  let admitted = 0
  for (let asked = 0; asked < 20; asked++) if ((await world.decide(policy, { cost: 100 })).allowed) admitted++
  expect(admitted).toBe(8)
  const before = world.calls()
  expect(await world.decide(policy, { cost: 100 })).toMatchObject({
    allowed: false,
    approximate: true,
    source: 'cache',
    retryAfterMs: 60_000,
  })
  expect(world.calls()).toBe(before)
})

/** @proves rate-limiter/shards-admit */
test('a decision is approximate, and what remains is a guess from one shard', async () => {
  const { decide } = limiterWorld()
  expect(await decide({ ...SHARDED, limit: 800 })).toMatchObject({ approximate: true, limit: 800, remaining: 8 * 99 })
})

test.each([
  { cost: 100, allowed: true, retryAfterMs: 0, degraded: false },
  { cost: 101, allowed: false, retryAfterMs: null, degraded: false },
])('a cost of $cost, of 803 in 8 shards, is allowed for all or for none: $allowed', async ({ cost, ...expected }) => {
  const { decide, calls } = limiterWorld()
  for (let subject = 0; subject < 8; subject++) {
    expect(await decide(SHARDED, { subject: String(subject), cost })).toMatchObject(expected)
    expect(await decide(SHARDED, { subject: `look at ${subject}`, cost, peek: true })).toMatchObject(expected)
  }
  expect(calls()).toBe(expected.allowed ? 16 : 0)
})

test("a cost above a shard's part does not pass without a table either", async () => {
  const { decide, failWith } = limiterWorld()
  failWith((async () => {
    throw transientError()
  }) as DynamoDBCall)
  const policy: WindowPolicy = { ...SHARDED, onError: 'open' }
  expect(await decide(policy, { cost: 101 })).toMatchObject({ allowed: false, retryAfterMs: null })
  expect(await decide(policy, { cost: 100 })).toMatchObject({ allowed: true, degraded: true })
})

test('a peek reads all shards', async () => {
  const world = limiterWorld()
  await offer(world, SHARDED, 300)
  expect(await world.decide(SHARDED, { peek: true })).toMatchObject({
    allowed: true,
    remaining: 503,
    approximate: true,
    source: 'store',
  })
  await offer(world, SHARDED, 700)
  expect(await world.decide(SHARDED, { peek: true })).toMatchObject({ allowed: false, remaining: 0, charges: [] })
  expect(world.table.calls.BatchGetItem).toBe(2)
})

test('a peek before the first request finds the whole limit, and denies a cost that never passes', async () => {
  const { decide } = limiterWorld()
  expect(await decide(SHARDED, { peek: true })).toMatchObject({ allowed: true, remaining: 803 })
  expect(await decide(SHARDED, { peek: true, cost: 102 })).toMatchObject({ allowed: false, retryAfterMs: null })
})

test('a denial waits for the sooner one of those that were tried', async () => {
  const { decide, environment, clock } = limiterWorld()
  const policy: WindowPolicy = { ...SHARDED, algorithm: 'token-bucket', limit: 200, shards: 2 }
  await decide(policy, { cost: 100 })
  await clock.advance(300)
  await decide(policy, { cost: 100 })
  for (let asked = 0; asked < 6; asked++) {
    expect(await decide(policy, {}, environment())).toMatchObject({ allowed: false, retryAfterMs: 300 })
  }
})

test('a denial blocks the subject in all shards', async () => {
  const world = limiterWorld()
  const policy = { ...SHARDED, limit: 200, shards: 2, blockMs: 90_000 }
  await world.decide(policy, { cost: 60 })
  await world.decide(policy, { cost: 60 })
  expect(await world.decide(policy, { cost: 60 })).toMatchObject({ allowed: false, retryAfterMs: 90_000 })
  for (const item of world.table.items()) expect(item).toHaveProperty('blockedUntil')
  expect(await world.decide(policy, {}, world.environment())).toMatchObject({ allowed: false })
  await world.clock.advance(90_000)
  expect(await world.decide(policy)).toMatchObject({ allowed: true })
})

describe('a shard that is throttled', () => {
  const policy: WindowPolicy = { ...SHARDED, limit: 200, shards: 2 }
  const throttle = () => {
    const cause = refusal('ProvisionedThroughputExceededException')
    return new AppError('dependency-failed', 'slower', { cause, retryable: true })
  }
  function failing(shard: string, error: Error) {
    const world = limiterWorld()
    const writes: string[] = []
    world.failWith((async (operation: 'UpdateItem', input: UpdateItemInput) => {
      const pk = String(input.Key?.pk?.S)
      writes.push(pk)
      if (pk.startsWith(shard)) throw error
      return world.table.dynamodb(operation, input)
    }) as DynamoDBCall)
    return { ...world, tried: writes }
  }
  test('is followed by the other one, as one that denies', async () => {
    const world = failing('Q0', throttle())
    expect(await offer(world, policy, 100)).toBe(100)
    expect(new Set(world.tried)).toEqual(new Set(['Q0#writes#user', 'Q1#writes#user']))
  })
  test('leaves it to onError when the other one denies, or is throttled, too', async () => {
    const world = failing('Q0', throttle())
    await offer(world, policy, 100)
    const before = world.tried.length
    expect(await world.decide({ ...policy, onError: 'open' })).toMatchObject({ allowed: true, degraded: true })
    expect(world.tried.length).toBe(before + 2)
    const all = failing('Q', throttle())
    expect(await all.decide(policy)).toMatchObject({ allowed: false, degraded: true })
    expect(new Set(all.tried).size).toBe(2)
    expect(all.degraded).toMatchObject([{ error: { code: 'dependency-failed', retryable: true } }])
  })
  test('is not meant by one whose answer is lost: it may have charged', async () => {
    const world = failing('Q', transientError('lost'))
    expect(await world.decide(policy)).toMatchObject({ allowed: false, degraded: true })
    expect(world.tried).toHaveLength(1)
  })
})

test('a shard that denied while another let the subject in blocks nobody', async () => {
  const world = limiterWorld()
  const policy = { ...SHARDED, limit: 200, shards: 2, blockMs: 90_000 }
  await world.clock.advance(59_900)
  // The first shard that takes one is full after 99 more; the other one stands in for it then.
  await world.decide(policy, { cost: 100 })
  expect(await offer(world, policy, 90)).toBe(90)
  await world.clock.advance(100)
  expect(await offer(world, policy, 150)).toBe(150)
  for (const item of world.table.items()) expect(item).not.toHaveProperty('blockedUntil')
})

test('a block holds in all shards at once for the environment that started it, which asks none of them again', async () => {
  const world = limiterWorld()
  const policy = { ...SHARDED, limit: 300, shards: 3, blockMs: 90_000 }
  for (let asked = 0; asked < 3; asked++) await world.decide(policy, { cost: 60 })
  expect(await world.decide(policy, { cost: 60 })).toMatchObject({ allowed: false })
  const before = world.calls()
  const blocked = { allowed: false, source: 'cache', retryAfterMs: 90_000, remaining: 0 }
  for (let asked = 0; asked < 5; asked++) expect(await world.decide(policy, { cost: 60 })).toMatchObject(blocked)
  expect(world.calls()).toBe(before)
})

test('a real denial starts its block also when shards are known to be full', async () => {
  const world = limiterWorld()
  const full = { ...SHARDED, limit: 200, shards: 2 }
  for (let asked = 0; asked < 3; asked++) await world.decide(full, { cost: 100 })
  const policy = { ...full, blockMs: 90_000 }
  expect(await world.decide(policy, { cost: 100 })).toMatchObject({ source: 'cache', retryAfterMs: 90_000 })
  for (const item of world.table.items()) expect(item).toHaveProperty('blockedUntil')
})

test('shards are checked by themselves', async () => {
  const { limit, decide } = limiterWorld()
  const sharded = { policy: SHARDED, subject: 'user' }
  const refused = { code: 'invalid-input', message: expect.stringContaining('writes has shards') }
  await expect(limit(sharded, { ...sharded, subject: 'another' })).rejects.toMatchObject(refused)
  await expect(decide({ ...SHARDED, parent: { policy: PER_MINUTE, subjectPrefix: 'org' } })).rejects.toMatchObject(
    refused,
  )
  const under = { ...PER_MINUTE, name: 'child', parent: { policy: SHARDED, subjectPrefix: 'org' } }
  await expect(decide(under)).rejects.toMatchObject({ code: 'invalid-input' })
})
