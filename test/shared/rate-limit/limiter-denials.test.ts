import type { UpdateItemInput } from '@aws-sdk/client-dynamodb'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import type { DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { transientError } from '../resilience/operations.ts'
import { limiterWorld, PER_MINUTE, START } from './support/limiter-world.ts'

const SLIDING: WindowPolicy = { ...PER_MINUTE, algorithm: 'sliding-window' }
const BUCKET: WindowPolicy = { ...PER_MINUTE, algorithm: 'token-bucket' }

describe('a known denial', () => {
  /** @proves rate-limiter/known-denial-free */
  test('is free for a second, for as much or more', async () => {
    const { decide, calls, clock } = limiterWorld()
    await decide(PER_MINUTE, { cost: 8 })
    await decide(PER_MINUTE, { cost: 3 })
    const before = calls()
    await clock.advance(999)
    const cached = { allowed: false, source: 'cache', remaining: 2, retryAfterMs: 59_001, resetMs: 59_001 }
    expect(await decide(PER_MINUTE, { cost: 4 })).toMatchObject(cached)
    expect(await decide(PER_MINUTE, { cost: 3 })).toMatchObject(cached)
    expect(calls()).toBe(before)
    await clock.advance(1)
    expect(await decide(PER_MINUTE, { cost: 3 })).toMatchObject({ allowed: false, source: 'store' })
    expect(calls()).toBe(before + 1)
  })
  test('says nothing of who asks for less', async () => {
    const { decide } = limiterWorld()
    await decide(PER_MINUTE, { cost: 8 })
    await decide(PER_MINUTE, { cost: 3 })
    expect(await decide(PER_MINUTE, { cost: 2 })).toMatchObject({ allowed: true, source: 'store' })
    await decide({ ...PER_MINUTE, name: 'reads' }, { cost: 10 })
    await decide({ ...PER_MINUTE, name: 'reads' }, { cost: 3 })
    expect(await decide({ ...PER_MINUTE, name: 'reads' }, { cost: 2 })).toMatchObject({
      allowed: false,
      source: 'store',
    })
  })
  /** @proves rate-limiter/known-denial-free */
  test('ends when it may pass, if that is sooner', async () => {
    const { decide, clock } = limiterWorld()
    clock.set(START + 59_500)
    await decide(PER_MINUTE, { cost: 10 })
    await decide(PER_MINUTE)
    await clock.advance(499)
    expect(await decide(PER_MINUTE)).toMatchObject({ allowed: false, source: 'cache', retryAfterMs: 1 })
    await clock.advance(1)
    expect(await decide(PER_MINUTE)).toMatchObject({ allowed: true })
  })
  test('ends then for higher costs, too', async () => {
    const { decide, clock } = limiterWorld()
    const quick: WindowPolicy = { ...BUCKET, limit: 200 }
    await decide(quick, { cost: 200 })
    expect(await decide(quick)).toMatchObject({ allowed: false, retryAfterMs: 300 })
    await clock.advance(299)
    expect(await decide(quick, { cost: 2 })).toMatchObject({ allowed: false, source: 'cache' })
    await clock.advance(1)
    expect(await decide(quick, { cost: 2 })).toMatchObject({ allowed: false, source: 'store' })
  })
  test('of one environment is none of another', async () => {
    const { decide, environment } = limiterWorld()
    await decide(PER_MINUTE, { cost: 10 })
    await decide(PER_MINUTE)
    expect(await decide(PER_MINUTE, {}, environment())).toMatchObject({ allowed: false, source: 'store' })
  })
  test('is forgotten when its limit is raised', async () => {
    const { decide, limit, writes } = limiterWorld()
    const raised = { ...PER_MINUTE, limit: 12 }
    await decide(PER_MINUTE, { cost: 10 })
    await decide(PER_MINUTE)
    expect(await decide(raised)).toMatchObject({ allowed: true, source: 'store', remaining: 1, retryAfterMs: 0 })
    const both = await limit({ policy: raised, subject: 'user' }, { policy: raised, subject: 'another' })
    expect(both).toMatchObject({ allowed: true, decisions: [{ source: 'store', remaining: 0 }, { remaining: 11 }] })
    expect(writes()).toBe(4)
  })
  test('of a shard is forgotten when the limit is raised', async () => {
    const { decide } = limiterWorld()
    const sharded = { ...PER_MINUTE, limit: 200, shards: 2 }
    for (let asked = 0; asked < 4; asked++) await decide(sharded, { cost: 100 })
    expect(await decide(sharded, { cost: 100 })).toMatchObject({ allowed: false, source: 'cache' })
    const raised = { ...sharded, limit: 400 }
    expect(await decide(raised, { cost: 100 })).toMatchObject({ allowed: true, source: 'store' })
  })
  test('ends with a clock that is set back', async () => {
    const { decide, clock } = limiterWorld()
    await clock.advance(1000)
    await decide(PER_MINUTE, { cost: 10 })
    await decide(PER_MINUTE)
    clock.set(START + 999)
    expect(await decide(PER_MINUTE)).toMatchObject({ allowed: false, source: 'store' })
    clock.set(START - 1)
    expect(await decide(PER_MINUTE)).toMatchObject({ allowed: true, source: 'store' })
  })
})

describe('blockMs', () => {
  const policy: WindowPolicy = { ...PER_MINUTE, blockMs: 90_000 }
  test('keeps a denied subject denied, also in the next window, everywhere', async () => {
    const { decide, clock, environment } = limiterWorld()
    await decide(policy, { cost: 10 })
    expect(await decide(policy)).toMatchObject({ allowed: false, retryAfterMs: 90_000, remaining: 0 })
    await clock.advance(89_999)
    expect(await decide(policy, {}, environment())).toMatchObject({ allowed: false, retryAfterMs: 1 })
    await clock.advance(1)
    expect(await decide(policy)).toMatchObject({ allowed: true })
  })
  test('is not prolonged by denials during the block', async () => {
    const { decide, clock, environment, writes } = limiterWorld()
    await decide(policy, { cost: 10 })
    await decide(policy)
    expect(writes()).toBe(3)
    for (let minutes = 0; minutes < 8; minutes++) {
      await clock.advance(10_000)
      await decide(policy, {}, environment())
    }
    expect(writes()).toBe(3 + 8)
    await clock.advance(10_000)
    expect(await decide(policy)).toMatchObject({ allowed: true })
  })
  test('waits for the end of both, block and window', async () => {
    const { decide } = limiterWorld()
    const short = { ...policy, blockMs: 5000 }
    await decide(short, { cost: 10 })
    expect(await decide(short)).toMatchObject({ allowed: false, retryAfterMs: 60_000 })
  })
  test('is told as the reset, too: until then nothing is left', async () => {
    const { decide, clock } = limiterWorld()
    const bucket: WindowPolicy = { ...policy, algorithm: 'token-bucket' }
    await decide(bucket, { cost: 10 })
    expect(await decide(bucket)).toMatchObject({ remaining: 0, resetMs: 90_000, retryAfterMs: 90_000 })
    await clock.advance(70_000)
    expect(await decide(bucket)).toMatchObject({ remaining: 0, resetMs: 20_000, retryAfterMs: 20_000 })
    const short = { ...policy, name: 'short', blockMs: 5000 }
    await decide(short, { cost: 10 })
    expect(await decide(short)).toMatchObject({ remaining: 0, resetMs: 50_000 })
  })
  test('begins neither with a peek nor with a cost that never passes', async () => {
    const { decide, limit } = limiterWorld()
    await decide(policy, { cost: 8 })
    await decide(policy, { cost: 3, peek: true })
    await decide(policy, { cost: 11 })
    expect(await decide(policy)).toMatchObject({ allowed: true, remaining: 1 })
    await limit({ policy, subject: 'another', cost: 11 }, { policy, subject: 'a third one' })
    expect(await decide(policy, { subject: 'another' })).toMatchObject({ allowed: true })
  })
  test('does not begin when only a peek made the sum too high', async () => {
    const { decide, limit, table } = limiterWorld()
    await decide(policy, { cost: 9 })
    const one = { policy, subject: 'user' }
    expect(await limit({ ...one, peek: true }, one)).toMatchObject({
      allowed: false,
      decisions: [{ allowed: true }, { allowed: false, retryAfterMs: 60_000 }],
    })
    expect(table.item('Q#writes#user')).not.toHaveProperty('blockedUntil')
    expect(await limit({ ...one, peek: true }, { ...one, cost: 2 })).toMatchObject({
      decisions: [{ allowed: true }, { allowed: false, retryAfterMs: 90_000 }],
    })
    expect(table.item('Q#writes#user')).toHaveProperty('blockedUntil')
  })
  test.each([
    ['a peek', 1],
    ['a peek of two checks', 2],
  ])('begins with a real denial even when %s saw it before', async (_, checks) => {
    const { limit, decide, clock, table, writes } = limiterWorld()
    const ask = (peek: boolean) => {
      return limit({ policy, subject: 'user', peek }, ...[{ policy, subject: 'another', peek }].slice(0, checks - 1))
    }
    await decide(policy, { cost: 10 })
    await ask(true)
    expect(table.item('Q#writes#user')).not.toHaveProperty('blockedUntil')
    await clock.advance(500)
    const blocked = { source: 'cache', retryAfterMs: 90_000, resetMs: 90_000, remaining: 0, charges: [] }
    expect(await ask(false)).toMatchObject({ allowed: false, decisions: [blocked, {}].slice(0, checks) })
    expect(table.item('Q#writes#user')).toMatchObject({ blockedUntil: { N: String(START + 90_500) } })
    expect(await ask(false)).toMatchObject({ decisions: [blocked, {}].slice(0, checks) })
    expect(writes()).toBe(2)
  })
  test('begins once, when two are denied before it is written', async () => {
    const { decide, table, clock, environment, failWith } = limiterWorld()
    await decide(policy, { cost: 10 })
    const held: (() => void)[] = []
    failWith((async (operation: 'UpdateItem', input: UpdateItemInput) => {
      if (input.UpdateExpression?.includes('blockedUntil')) await new Promise<void>((resolve) => held.push(resolve))
      return table.dynamodb(operation, input as never)
    }) as DynamoDBCall)
    const first = decide(policy)
    await clock.advance(10)
    const second = decide(policy, {}, environment())
    await clock.advance(1)
    for (const release of held) release()
    expect([await first, await second]).toMatchObject([{ allowed: false }, { allowed: false }])
    expect(table.item('Q#writes#user')).toMatchObject({ blockedUntil: { N: String(START + 90_000) } })
  })
  test('denies also when it cannot be written', async () => {
    const { decide, table, failWith, degraded } = limiterWorld()
    await decide(policy, { cost: 10 })
    failWith((async (operation: 'UpdateItem', input: UpdateItemInput) => {
      if (input.UpdateExpression?.includes('blockedUntil')) throw transientError()
      return table.dynamodb(operation, input as never)
    }) as DynamoDBCall)
    expect(await decide({ ...policy, onError: 'open' })).toMatchObject({ allowed: false, degraded: false })
    expect(degraded).toEqual([])
  })
})

const END = START / 1000 + 60
test.each([
  { what: 'a fixed window', until: 'the next one', policy: PER_MINUTE, seconds: END + 60 },
  { what: 'a sliding window', until: 'two more', policy: SLIDING, seconds: END + 120 },
  { what: 'a bucket', until: 'a whole one, rounded up', policy: BUCKET, seconds: END + 1 },
  { what: 'a block', until: 'it', policy: { ...PER_MINUTE, limit: 1, blockMs: 600_000 }, seconds: END + 540 },
  {
    what: 'a short block',
    until: 'the next window',
    policy: { ...PER_MINUTE, limit: 1, blockMs: 1 },
    seconds: END + 60,
  },
])('what $what left may be deleted a minute after the end of $until', async ({ policy, seconds }) => {
  const { decide, table } = limiterWorld()
  await decide(policy)
  await decide(policy)
  expect(Number(table.item('Q#writes#user')?.ttl?.N)).toBe(seconds + 60)
})

test('the item lives as long as somebody may look at it, and old windows go with the next write', async () => {
  const { decide, table, clock } = limiterWorld()
  for (let minutes = 0; minutes < 6; minutes++) {
    await decide(SLIDING)
    await clock.advance(60_000)
  }
  const { pk, sk, ttl, ...counts } = table.item('Q#writes#user') ?? {}
  const last = START / 60_000 + 5
  expect(Object.keys(counts)).toEqual([last - 3, last - 2, last - 1, last].map((number) => `m_${number}`))
  expect(Number(ttl?.N)).toBe(START / 1000 + 6 * 60 + 2 * 60 + 60)
})
