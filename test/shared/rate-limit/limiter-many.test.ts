import type { BatchGetItemInput } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../../../functions/shared/aws/aws-error.ts'
import type { DynamoDB } from '../../../functions/shared/data/dynamodb.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, PER_MINUTE } from './limiter-world.ts'

const check = (subject: string, more: { cost?: number; peek?: boolean; policy?: WindowPolicy } = {}) => {
  return { policy: PER_MINUTE, subject, ...more }
}
const BUCKET: WindowPolicy = { ...PER_MINUTE, name: 'bucket', algorithm: 'token-bucket' }
const SLIDING: WindowPolicy = { ...PER_MINUTE, name: 'sliding', algorithm: 'sliding-window' }

describe('several checks', () => {
  test('pass together, by one transaction', async () => {
    const { limit, table } = limiterWorld()
    const decided = await limit(
      check('a', { cost: 2 }),
      check('a', { policy: BUCKET }),
      check('a', { policy: SLIDING }),
    )
    expect(decided).toMatchObject({ allowed: true, decisions: [{ remaining: 8 }, { remaining: 9 }, { remaining: 9 }] })
    expect(decided.decisions.map(({ charges }) => charges.length)).toEqual([1, 1, 1])
    expect(table.calls).toEqual({ BatchGetItem: 1, TransactWriteItems: 1 })
  })

  test('are none of them charged when one is denied, and each says whether it alone would pass', async () => {
    const { limit, table } = limiterWorld()
    await limit(check('full', { cost: 10 }))
    const decided = await limit(check('a'), check('full'), check('b', { cost: 10 }))
    expect(decided).toMatchObject({
      allowed: false,
      decisions: [
        { allowed: true, remaining: 10, retryAfterMs: 0 },
        { allowed: false, remaining: 0, retryAfterMs: 60_000 },
        { allowed: true, remaining: 10 },
      ],
    })
    expect(decided.decisions.flatMap(({ charges }) => charges)).toEqual([])
    expect(table.calls).toEqual({ UpdateItem: 1, BatchGetItem: 1 })
  })

  test.each([PER_MINUTE, BUCKET])('of the same policy and subject add up: $algorithm', async (policy) => {
    const { limit, decide } = limiterWorld()
    const six = check('a', { policy, cost: 6 })
    expect(await limit(six, six)).toMatchObject({ allowed: false, decisions: [{ allowed: true }, { allowed: false }] })
    const { allowed, decisions } = await limit(six, check('a', { policy, cost: 4 }))
    expect([allowed, ...decisions.map(({ remaining }) => remaining)]).toEqual([true, 0, 0])
    expect(decisions.map(({ charges }) => charges.map(({ cost }) => cost))).toEqual([[6], [4]])
    expect(await decide(policy, { subject: 'a' })).toMatchObject({ allowed: false })
  })

  test('of the same bucket are charged parts that add up to what was charged', async () => {
    const { limit, table } = limiterWorld()
    const thirds = { ...BUCKET, limit: 7 }
    const { decisions } = await limit(check('a', { policy: thirds }), check('a', { policy: thirds, cost: 2 }))
    const amounts = decisions.flatMap(({ charges }) => charges.map(({ amount }) => BigInt(amount ?? 0)))
    const tat = BigInt(table.item('Q#bucket#a')?.tat?.N ?? 0)
    expect(amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(tat - 1_800_000_000_000n * 10n ** 12n)
  })

  test('that only look charge nothing, but have to pass', async () => {
    const { limit, table } = limiterWorld()
    await limit(check('a', { cost: 8 }))
    const decided = await limit(check('a', { cost: 3, peek: true }), check('b'))
    expect(decided).toMatchObject({ allowed: false, decisions: [{ allowed: false }, { allowed: true, charges: [] }] })
    expect(await limit(check('a', { cost: 2, peek: true }), check('b'))).toMatchObject({
      allowed: true,
      decisions: [{ remaining: 2, charges: [] }, { remaining: 9 }],
    })
    expect(table.item('Q#writes#a')).toMatchObject({ m_30000000: { N: '8' } })
  })

  test('with a cost above the limit are denied for good', async () => {
    const { limit, writes } = limiterWorld()
    const decided = await limit(check('a', { cost: 11 }), check('b'))
    expect(decided).toMatchObject({
      allowed: false,
      decisions: [{ allowed: false, retryAfterMs: null }, { allowed: true }],
    })
    expect(writes()).toBe(0)
  })

  test('know a denial for a second, and ask after the others only', async () => {
    const { limit, table, clock } = limiterWorld()
    await limit(check('full', { cost: 10 }))
    await limit(check('full'), check('b'))
    const { BatchGetItem } = table.calls
    await clock.advance(500)
    expect(await limit(check('full'), check('b'))).toMatchObject({
      allowed: false,
      decisions: [
        { allowed: false, source: 'cache', retryAfterMs: 59_500 },
        { allowed: true, source: 'store', remaining: 10 },
      ],
    })
    expect(table.calls.BatchGetItem).toBe(Number(BatchGetItem) + 1)
    expect(table.calls.TransactWriteItems).toBeUndefined()
  })
})

const PARENT: WindowPolicy = { name: 'org', algorithm: 'fixed-window', limit: 3, windowMs: 60_000 }
const CHILD: WindowPolicy = { ...PER_MINUTE, parent: { policy: PARENT, subjectPrefix: 'org:' } }

test('a cost above the limit never passes, blocked or not', async () => {
  const { limit, decide } = limiterWorld()
  const policy = { ...PER_MINUTE, blockMs: 1000 }
  await decide(policy, { cost: 10 })
  await decide(policy)
  const decided = await limit(check('user', { policy, cost: 11 }), check('b'))
  expect(decided).toMatchObject({ allowed: false, decisions: [{ retryAfterMs: null, remaining: 0 }, {}] })
  expect(await decide(policy, { cost: 11 })).toMatchObject({ allowed: false, retryAfterMs: null })
})

describe('a parent', () => {
  test('is charged with its child, or none is', async () => {
    const { decide, table } = limiterWorld()
    const first = await decide(CHILD, { subject: 'org:7:user:3', cost: 2 })
    expect(first).toMatchObject({ allowed: true, limit: 10, remaining: 1 })
    expect(first.charges.map(({ pk }) => pk)).toEqual(['Q#writes#org:7:user:3', 'Q#org#org:7:user'])
    expect(await decide(CHILD, { subject: 'org:7:user:4', cost: 2 })).toMatchObject({
      allowed: false,
      retryAfterMs: 60_000,
    })
    expect(table.item('Q#writes#org:7:user:4')).toBeUndefined()
    expect(table.calls).toEqual({ BatchGetItem: 2, TransactWriteItems: 1 })
  })

  test('is the prefix itself of a subject that does not start with it, and of the prefix', async () => {
    const { decide } = limiterWorld()
    const pksOf = async (subject: string) => (await decide(CHILD, { subject })).charges.map(({ pk }) => pk)
    expect(await pksOf('alone')).toEqual(['Q#writes#alone', 'Q#org#org:'])
    expect(await pksOf('org:7')).toEqual(['Q#writes#org:7', 'Q#org#org'])
    const noColon = { ...CHILD, name: 'all', parent: { policy: PARENT, subjectPrefix: 'x' } }
    expect((await decide(noColon, { subject: 'xy' })).charges.map(({ pk }) => pk)).toEqual(['Q#all#xy', 'Q#org#x'])
  })

  test('may have a parent', async () => {
    const { decide } = limiterWorld()
    const middle = { ...PARENT, name: 'team', parent: { policy: PARENT, subjectPrefix: 'org:' } }
    const policy = { ...CHILD, parent: { policy: middle, subjectPrefix: 'org:' } }
    const { charges } = await decide(policy, { subject: 'org:7:team:2:user' })
    expect(charges.map(({ pk }) => pk)).toEqual([
      'Q#writes#org:7:team:2:user',
      'Q#team#org:7:team:2',
      'Q#org#org:7:team',
    ])
  })

  test('of two children in one request counts both', async () => {
    const { limit } = limiterWorld()
    const of = (user: number) => check(`org:7:user:${user}`, { policy: CHILD, cost: 2 })
    expect(await limit(of(1), of(2))).toMatchObject({
      allowed: false,
      decisions: [{ allowed: true }, { allowed: false }],
    })
  })

  test('that is full makes the next denial free, without a look at the child', async () => {
    const { decide, calls } = limiterWorld()
    await decide(CHILD, { subject: 'org:7:user:3', cost: 3 })
    await decide(CHILD, { subject: 'org:7:user:3' })
    const before = calls()
    expect(await decide(CHILD, { subject: 'org:7:user:4' })).toMatchObject({ allowed: false, source: 'cache' })
    expect(calls()).toBe(before)
  })

  test('blocks whoever it denied, and its children are told the longest wait', async () => {
    const { decide, table, clock } = limiterWorld()
    const policy = { ...CHILD, parent: { policy: { ...PARENT, blockMs: 90_000 }, subjectPrefix: 'org:' } }
    await decide(policy, { subject: 'org:7:user:3', cost: 3 })
    expect(await decide(policy, { subject: 'org:7:user:3' })).toMatchObject({ allowed: false, retryAfterMs: 90_000 })
    expect(table.item('Q#org#org:7:user')).toHaveProperty('blockedUntil')
    expect(table.item('Q#writes#org:7:user:3')).not.toHaveProperty('blockedUntil')
    await clock.advance(89_000)
    expect(await decide(policy, { subject: 'org:7:user:4' })).toMatchObject({ allowed: false, retryAfterMs: 1000 })
  })
})

const cancelled = (...codes: string[]) =>
  new AwsError(400, { __type: 'TransactionCanceledException', CancellationReasons: codes.map((Code) => ({ Code })) })

/** A table whose transactions fail with each of the errors in turn, and then work. */
function failing(world: ReturnType<typeof limiterWorld>, ...errors: Error[]) {
  world.failWith((async (operation: 'UpdateItem', input: never, options: never) => {
    const isWrite = String(operation) !== 'BatchGetItem'
    const error = isWrite ? errors.shift() : undefined
    if (error) throw error
    return world.table.dynamodb(operation, input, options)
  }) as DynamoDB)
}

describe('a transaction that is in the way', () => {
  const conflict = cancelled('None', 'TransactionConflict')
  test.each([
    ['twice', [conflict, conflict]],
    ['as a changed counter', [cancelled('ConditionalCheckFailed', 'None')]],
  ])('%s costs another try, and charges once', async (_, errors) => {
    const world = limiterWorld()
    failing(world, ...errors)
    const decided = world.limit(check('a'), check('b'))
    await world.clock.advance(25)
    expect(await decided).toMatchObject({ allowed: true, decisions: [{ degraded: false }, { degraded: false }] })
    expect(world.table.item('Q#writes#a')).toMatchObject({ m_30000000: { N: '1' } })
  })

  test('three times leaves it to onError', async () => {
    const world = limiterWorld()
    failing(world, conflict, conflict, conflict)
    const decided = world.limit(check('a'), check('b'))
    await world.clock.advance(40)
    expect(await decided).toMatchObject({ allowed: false, decisions: [{ degraded: true }, { degraded: true }] })
    expect(world.degraded.map(({ policy }) => policy)).toEqual(['writes', 'writes'])
    expect(world.degraded[0]?.error).toMatchObject({ code: 'conflict', retryable: true })
    expect(world.clock.pendingTimers()).toBe(0)
  })

  test.each([
    ['that is throttled', cancelled('None', 'ThrottlingError')],
    ['that is refused for good', new AwsError(400, { __type: 'ValidationException' })],
  ])('is not meant by one %s', async (_, error) => {
    const world = limiterWorld()
    failing(world, error)
    expect(await world.limit(check('a'), check('b'))).toMatchObject({
      allowed: false,
      decisions: [{ degraded: true }, {}],
    })
    expect(world.degraded[0]?.error).toBe(error)
  })

  test('refuses a single write, which is tried again', async () => {
    const world = limiterWorld()
    const cause = new AwsError(400, { __type: 'TransactionConflictException' })
    const busy = () => new AppError('dependency-failed', 'busy', { cause, retryable: true })
    failing(world, busy(), busy(), busy())
    const decided = world.limit(check('a'))
    await world.clock.advance(30)
    expect(await decided).toMatchObject({ allowed: true, decisions: [{ remaining: 9, degraded: false }] })
    failing(world, busy(), busy(), busy(), busy())
    const denied = world.limit(check('a'))
    await world.clock.advance(40)
    expect(await denied).toMatchObject({ allowed: false, decisions: [{ degraded: true }] })
    expect(world.table.item('Q#writes#a')).toMatchObject({ m_30000000: { N: '1' } })
  })
})

test('a transaction whose answer is lost is not sent again', async () => {
  const world = limiterWorld()
  world.failWith((async (operation: 'UpdateItem', input: never, options: never) => {
    const result = await world.table.dynamodb(operation, input, options)
    if (String(operation) !== 'BatchGetItem') throw new AppError('dependency-failed', 'lost', { retryable: true })
    return result
  }) as DynamoDB)
  expect(await world.limit(check('a'), check('b'))).toMatchObject({
    allowed: false,
    decisions: [{ degraded: true }, {}],
  })
  expect(world.table.item('Q#writes#a')).toMatchObject({ m_30000000: { N: '1' } })
})

test('counters are read as they are, not as they were a moment ago', async () => {
  const world = limiterWorld()
  const reads: unknown[] = []
  world.failWith((async (operation: 'BatchGetItem', input: BatchGetItemInput) => {
    if (operation === 'BatchGetItem') reads.push(input.RequestItems?.limits?.ConsistentRead)
    return world.table.dynamodb(operation, input as never)
  }) as unknown as DynamoDB)
  await world.limit(check('a'), check('b'))
  expect(reads).toEqual([true])
})

test('counters that DynamoDB does not read leave it to onError', async () => {
  const world = limiterWorld()
  world.failWith((async () => ({ UnprocessedKeys: { limits: { Keys: [{}] } } })) as unknown as DynamoDB)
  expect(await world.limit(check('a'), check('b'))).toMatchObject({
    decisions: [{ degraded: true }, { degraded: true }],
  })
  world.failWith((async () => ({})) as unknown as DynamoDB)
  expect(await world.limit(check('a', { peek: true }))).toMatchObject({
    decisions: [{ degraded: false, allowed: true }],
  })
})
