import type { BatchGetItemInput } from '@aws-sdk/client-dynamodb'
import { AppError } from '../../../functions/shared/errors.ts'
import { createLimiter } from '../../../functions/shared/rate-limit/limiter.ts'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'
import { limiterWorld, PER_MINUTE } from './support/limiter-world.ts'

const check = (subject: string, more: { peek?: boolean } = {}) => ({ policy: PER_MINUTE, subject, ...more })

const cancelled = (...codes: string[]) =>
  refusal('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) })

/** A table whose transactions fail with each of the errors in turn, and then work. */
function failing(world: ReturnType<typeof limiterWorld>, ...errors: Error[]) {
  world.failWith((async (operation: 'UpdateItem', input: never, options: never) => {
    const isWrite = String(operation) !== 'BatchGetItem'
    const error = isWrite ? errors.shift() : undefined
    if (error) throw error
    return world.table.dynamodb(operation, input, options)
  }) as DynamoDBCall)
}

const conflict = cancelled('None', 'TransactionConflict')
const busy = () => {
  const cause = refusal('TransactionConflictException')
  return new AppError('dependency-failed', 'busy', { cause, retryable: true })
}

describe('a transaction that is in the way', () => {
  test.each([
    ['twice', [conflict, conflict]],
    ['as a changed counter', [cancelled('ConditionalCheckFailed', 'None')]],
    ['as a partition that is throttled', [cancelled('None', 'ThrottlingError')]],
    ['as a table that is throttled', [cancelled('ProvisionedThroughputExceeded', 'None')]],
  ])('%s costs another try, and charges once', async (_, errors) => {
    const world = limiterWorld()
    failing(world, ...errors)
    const decided = world.limit(check('a'), check('b'))
    await world.clock.advance(25)
    expect(await decided).toMatchObject({ allowed: true, decisions: [{ degraded: false }, { degraded: false }] })
    expect(world.table.item('Q#writes#a')).toMatchObject({ m_30000000: { N: '1' } })
  })

  /** @proves rate-limiter/charged-together */
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
    ['an item that is too large', cancelled('None', 'ValidationError')],
    ['a request that is wrong', refusal('ValidationException')],
  ])('is not meant by %s', async (_, error) => {
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
    failing(world, busy(), busy(), busy())
    const decided = world.limit(check('a'))
    await world.clock.advance(30)
    expect(await decided).toMatchObject({ allowed: true, decisions: [{ remaining: 9, degraded: false }] })
    failing(world, busy(), busy(), busy(), busy())
    const denied = world.limit(check('a'))
    await world.clock.advance(40)
    expect(await denied).toMatchObject({ allowed: false, decisions: [{ degraded: true }] })
    expect(world.table.item('Q#writes#a')).toMatchObject({ m_30000000: { N: '1' } })
    expect(world.degraded).toMatchObject([{ error: { code: 'conflict', retryable: true } }])
  })

  test('takes nothing from what is known of the counter: the next write is right', async () => {
    const world = limiterWorld()
    const bucket: WindowPolicy = { ...PER_MINUTE, algorithm: 'token-bucket' }
    await world.decide(bucket)
    failing(world, busy())
    const decided = world.decide(bucket)
    await world.clock.advance(10)
    expect(await decided).toMatchObject({ allowed: true, remaining: 8 })
    expect(world.writes()).toBe(2)
  })

  test('is not meant by a single write that is throttled', async () => {
    const world = limiterWorld()
    const cause = refusal('ThrottlingException')
    const error = new AppError('dependency-failed', 'slower', { cause, retryable: true })
    failing(world, error)
    expect(await world.limit(check('a'))).toMatchObject({ allowed: false, decisions: [{ degraded: true }] })
    expect(world.degraded[0]?.error).toBe(error)
  })
})

test.each([
  ['a single write', [check('a')]],
  ['a transaction', [check('a'), check('b')]],
])('%s is not tried again once its time is over', async (_, checks) => {
  const { table, clock } = limiterWorld()
  const errors: unknown[] = []
  let writes = 0
  const dynamodb = (async (operation: 'BatchGetItem', input: never) => {
    if (operation === 'BatchGetItem') return table.dynamodb(operation, input)
    writes++
    throw checks.length > 1 ? conflict : busy()
  }) as unknown as DynamoDBCall
  const options = { ...clock, client: clientOf(dynamodb), tableName: 'limits', random: () => 0.9, budgetMs: 5 }
  const limit = createLimiter({ ...options, onDegraded: ({ error }) => errors.push(error) })
  const decided = limit(checks, new AbortController().signal)
  await clock.advance(5)
  expect(await decided).toMatchObject({ allowed: false })
  await clock.advance(100)
  expect(writes).toBe(1)
  expect(errors[0]).toMatchObject({ code: 'timed-out' })
})

test('a transaction whose answer is lost is not sent again', async () => {
  const world = limiterWorld()
  world.failWith((async (operation: 'UpdateItem', input: never, options: never) => {
    const result = await world.table.dynamodb(operation, input, options)
    if (String(operation) !== 'BatchGetItem') throw new AppError('dependency-failed', 'lost', { retryable: true })
    return result
  }) as DynamoDBCall)
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
  }) as unknown as DynamoDBCall)
  await world.limit(check('a'), check('b'))
  expect(reads).toEqual([true])
})

test('counters that DynamoDB does not read leave it to onError', async () => {
  const world = limiterWorld()
  world.failWith((async () => ({ UnprocessedKeys: { limits: { Keys: [{}] } } })) as unknown as DynamoDBCall)
  expect(await world.limit(check('a'), check('b'))).toMatchObject({
    decisions: [{ degraded: true }, { degraded: true }],
  })
  expect(world.degraded[0]?.error).toMatchObject({ code: 'dependency-failed', retryable: true })
  world.failWith((async () => ({})) as unknown as DynamoDBCall)
  expect(await world.limit(check('a', { peek: true }))).toMatchObject({
    decisions: [{ degraded: false, allowed: true }],
  })
})
