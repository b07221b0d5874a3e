import type { UpdateItemInput } from '@aws-sdk/client-dynamodb'
import { createLimiter, logDegraded } from '../../../functions/shared/rate-limit/limiter.ts'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { transientError } from '../resilience/operations.ts'
import { limiterWorld, PER_MINUTE, START } from './support/limiter-world.ts'

const down = (async () => {
  throw transientError()
}) as DynamoDBCall
const OPEN: WindowPolicy = { ...PER_MINUTE, name: 'open', onError: 'open' }
const CLOSED: WindowPolicy = { ...PER_MINUTE, name: 'closed', onError: 'closed' }
const LOCAL: WindowPolicy = { ...PER_MINUTE, name: 'local', limit: 50, onError: 'local' }

function outage() {
  const world = limiterWorld()
  world.failWith(down)
  return world
}

test.each([
  ['open lets everybody in', OPEN, { allowed: true, remaining: 10, retryAfterMs: 0 }],
  ['closed lets nobody in', CLOSED, { allowed: false, remaining: 0, retryAfterMs: 1000 }],
  ['closed is the default', PER_MINUTE, { allowed: false, remaining: 0, retryAfterMs: 1000 }],
])('without a table, %s', async (_, policy, expected) => {
  const { decide, degraded } = outage()
  const decision = await decide(policy)
  expect(decision).toMatchObject({ ...expected, degraded: true, source: 'fallback', charges: [] })
  expect(degraded).toMatchObject([{ policy: policy.name, error: { code: 'dependency-failed' } }])
})

test('without a table, an open bucket lets a whole burst in', async () => {
  const { decide } = outage()
  const bucket: WindowPolicy = { ...OPEN, algorithm: 'token-bucket', burst: 30 }
  expect(await decide(bucket, { cost: 30 })).toMatchObject({ allowed: true, degraded: true })
})

describe('local', () => {
  test('lets a tenth of the limit in, in each environment and window', async () => {
    const { decide, environment, clock } = outage()
    const other = environment()
    const allowedOf = async (by?: typeof other) => {
      let allowed = 0
      for (let asked = 0; asked < 8; asked++) if ((await decide(LOCAL, {}, by)).allowed) allowed++
      return allowed
    }
    expect([await allowedOf(), await allowedOf(other)]).toEqual([5, 5])
    expect(await decide(LOCAL)).toMatchObject({ allowed: false, retryAfterMs: 60_000, resetMs: 60_000 })
    await clock.advance(60_000)
    expect(await allowedOf()).toBe(5)
  })
  test('denies a cost that is above that, and charges nothing for it', async () => {
    const { decide } = outage()
    expect(await decide(LOCAL, { cost: 6 })).toMatchObject({ allowed: false })
    expect(await decide(LOCAL, { cost: 5, peek: true })).toMatchObject({ allowed: true })
    expect(await decide(LOCAL, { cost: 5 })).toMatchObject({ allowed: true })
    expect(await decide(LOCAL)).toMatchObject({ allowed: false })
  })
  test('says what is left of its tenth, and until when', async () => {
    const { decide, limit, clock } = outage()
    await clock.advance(15_000)
    expect(await decide(LOCAL, { cost: 2 })).toMatchObject({ allowed: true, remaining: 3, resetMs: 45_000 })
    expect(await decide(LOCAL, { cost: 3, peek: true })).toMatchObject({ allowed: true, remaining: 3 })
    const two = { policy: LOCAL, subject: 'user', cost: 2 }
    const another = { ...two, subject: 'another', cost: 6 }
    expect(await limit(two, another)).toMatchObject({
      decisions: [
        { allowed: true, remaining: 3 },
        { allowed: false, remaining: 5 },
      ],
    })
    expect(await limit(two, { ...two, cost: 1 })).toMatchObject({ decisions: [{ remaining: 0 }, { remaining: 0 }] })
  })
  test('of a child or a parent says what the tighter one has left', async () => {
    const { decide } = outage()
    const under = (child: WindowPolicy, policy: WindowPolicy) => ({
      ...child,
      parent: { policy, subjectPrefix: 'org' },
    })
    const tight = { remaining: 4, resetMs: 60_000 }
    expect(await decide(under(OPEN, LOCAL))).toMatchObject(tight)
    expect(await decide(under(LOCAL, OPEN))).toMatchObject(tight)
    expect(await decide(under(OPEN, { ...OPEN, name: 'org', limit: 99 }))).toMatchObject({ remaining: 10 })
  })
  test('counts nobody who is open', async () => {
    const { decide, limit } = outage()
    for (let request = 0; request < 500; request++) {
      await limit(...Array.from({ length: 20 }, (_, index) => ({ policy: OPEN, subject: `${request}-${index}` })))
    }
    expect(await decide(LOCAL)).toMatchObject({ allowed: true })
  })
  test('lets nobody in of a limit below ten', async () => {
    const { decide } = outage()
    expect(await decide({ ...LOCAL, limit: 9 })).toMatchObject({ allowed: false })
  })
  test('lets no more than 10,000 subjects in at once', async () => {
    const { decide, clock } = outage()
    for (let index = 0; index < 10_000; index++) await decide(LOCAL, { subject: `user-${index}` })
    expect(await decide(LOCAL, { subject: 'one more' })).toMatchObject({ allowed: false, retryAfterMs: 60_000 })
    expect(await decide(LOCAL, { subject: 'user-0' })).toMatchObject({ allowed: true })
    await clock.advance(60_000)
    expect(await decide(LOCAL, { subject: 'one more' })).toMatchObject({ allowed: true })
  })
})

describe('of several checks without a table', () => {
  const on = (policy: WindowPolicy, cost = 1) => ({ policy, subject: 'user', cost })
  test('closed beats local beats open', async () => {
    const { limit } = outage()
    expect(await limit(on(OPEN), on(LOCAL), on(CLOSED))).toMatchObject({
      allowed: false,
      decisions: [{ allowed: true }, { allowed: true }, { allowed: false }],
    })
    expect(await limit(on(OPEN), on(LOCAL, 6))).toMatchObject({ allowed: false })
    expect(await limit(on(OPEN), on(LOCAL, 5))).toMatchObject({ allowed: true })
    expect(await limit(on(OPEN), on(LOCAL))).toMatchObject({ allowed: false })
    expect(await limit(on(OPEN), on(OPEN))).toMatchObject({ allowed: true })
  })
  test('those of one subject add up', async () => {
    const { limit } = outage()
    expect(await limit(on(LOCAL, 3), on(LOCAL, 3))).toMatchObject({
      allowed: false,
      decisions: [{ allowed: true }, { allowed: false }],
    })
    expect(await limit(on(LOCAL, 3), on(LOCAL, 2))).toMatchObject({ allowed: true })
  })
  test('a parent that is closed closes its child', async () => {
    const { decide } = outage()
    const under = (policy: WindowPolicy) => ({ ...OPEN, parent: { policy, subjectPrefix: 'org' } })
    expect(await decide(under(CLOSED))).toMatchObject({ allowed: false })
    expect(await decide(under(LOCAL), { cost: 6 })).toMatchObject({ allowed: false })
    expect(await decide(under(LOCAL), { cost: 5 })).toMatchObject({ allowed: true })
  })
})

/** @proves rate-limiter/on-error-decides */
describe('a cost above the limit never passes without a table either', () => {
  const never = { allowed: false, retryAfterMs: null, charges: [] }
  const under = (parent: WindowPolicy, child = OPEN): WindowPolicy => {
    return { ...child, parent: { policy: { ...parent, name: 'org' }, subjectPrefix: 'org' } }
  }
  test.each<[string, WindowPolicy, { cost: number; peek?: boolean }]>([
    ['a peek', OPEN, { cost: 11, peek: true }],
    ['a child', under(OPEN), { cost: 11 }],
    ['a parent', under({ ...OPEN, limit: 5 }), { cost: 6 }],
    ['a bucket with a burst', { ...OPEN, algorithm: 'token-bucket', limit: 20, burst: 5 }, { cost: 6, peek: true }],
  ])('%s is denied for good, and asks nobody', async (_, policy, asked) => {
    const { decide, degraded } = outage()
    expect(await decide(policy, asked)).toMatchObject({ ...never, degraded: false, source: 'cache' })
    expect(degraded).toEqual([])
  })
  test.each([OPEN, CLOSED, LOCAL])('one of several checks, $name', async (policy) => {
    const { limit } = outage()
    const decided = await limit(
      { policy, subject: 'user', cost: policy.limit + 1 },
      { policy: OPEN, subject: 'another', cost: 10 },
    )
    expect(decided).toMatchObject({ allowed: false, decisions: [never, { allowed: true }] })
  })
  test('one of several checks, for which only its parent is too small', async () => {
    const { limit } = outage()
    const policy = under({ ...OPEN, limit: 5 })
    const decided = await limit({ policy, subject: 'user', cost: 6 }, { policy: OPEN, subject: 'another' })
    expect(decided).toMatchObject({ allowed: false, decisions: [never, { allowed: true }] })
  })
  test('two checks of one subject whose sum is above it', async () => {
    const { limit } = outage()
    const six = { policy: OPEN, subject: 'user', cost: 6 }
    expect(await limit(six, six)).toMatchObject({ allowed: false, decisions: [{ allowed: true }, never] })
  })
})

describe('the budget', () => {
  /** @proves rate-limiter/budget */
  test('is 50 ms: then onError decides at once, and nothing is left behind', async () => {
    const { decide, failWith, clock, degraded } = limiterWorld()
    const signals: AbortSignal[] = []
    failWith(((_operation, _input, options) => {
      signals.push(options?.signal as AbortSignal)
      return new Promise(() => {})
    }) as DynamoDBCall)
    let decision: unknown
    const decided = decide(OPEN).then((value) => {
      decision = value
    })
    await clock.advance(49)
    expect(decision).toBeUndefined()
    await clock.advance(1)
    await decided
    expect(decision).toMatchObject({ allowed: true, degraded: true })
    expect(degraded).toMatchObject([{ error: { code: 'timed-out' } }])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(clock.pendingTimers()).toBe(0)
  })
  test.each(['UpdateItem', 'BatchGetItem', 'TransactWriteItems', 'the block'])('ends %s', async (which) => {
    const { decide, failWith, clock, table } = limiterWorld()
    const policy: WindowPolicy = { ...PER_MINUTE, blockMs: 90_000 }
    const isBlock = which === 'the block'
    if (isBlock) await decide(policy, { cost: 10 })
    const signals: (AbortSignal | undefined)[] = []
    failWith((async (operation, input: UpdateItemInput, options) => {
      const isMeant = isBlock ? input.UpdateExpression?.includes('blockedUntil = :until') : operation === which
      if (!isMeant) return table.dynamodb(operation as 'UpdateItem', input)
      signals.push(options?.signal)
      return new Promise(() => {})
    }) as DynamoDBCall)
    const single = which === 'UpdateItem' || isBlock
    const parent = { policy: { ...PER_MINUTE, name: 'org' }, subjectPrefix: 'org' }
    const decided = decide(single ? policy : { ...policy, parent })
    await clock.advance(50)
    expect(await decided).toMatchObject({ allowed: false, degraded: !isBlock })
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    expect(clock.pendingTimers()).toBe(0)
  })
  test("ends with the caller's own deadline", async () => {
    const { table, clock } = limiterWorld()
    const limit = createLimiter({ ...clock, client: clientOf(table.dynamodb), tableName: 'limits', random: () => 0 })
    const decided = await limit([{ policy: PER_MINUTE, subject: 'user' }], AbortSignal.abort(new Error('too late')))
    expect(decided).toMatchObject({ allowed: false, decisions: [{ degraded: true }] })
    expect(table.calls).toEqual({})
  })
  test.each([0, 1001, Number.NaN])('is refused when it is %d ms', (budgetMs) => {
    const { table, clock } = limiterWorld()
    const options = { ...clock, client: clientOf(table.dynamodb), tableName: 'limits', random: () => 0, budgetMs }
    expect(() => createLimiter(options)).toThrow(/^budgetMs is .*from 1 to 1000/)
  })
})

/** @proves rate-limiter/unknown-is-degraded */
test('a write whose answer is lost is not sent again: it charged once, and nobody says that it did', async () => {
  const { decide, failWith, table } = limiterWorld()
  failWith((async (operation: 'UpdateItem', input: never) => {
    await table.dynamodb(operation, input)
    throw transientError('lost')
  }) as unknown as DynamoDBCall)
  expect(await decide(PER_MINUTE)).toMatchObject({ allowed: false, degraded: true, charges: [] })
  expect(table.item('Q#writes#user')).toMatchObject({ [`m_${START / 60_000}`]: { N: '1' } })
})

test('a write is marked as one that must not be repeated', async () => {
  const { decide, limit, failWith, table } = limiterWorld()
  const once: unknown[] = []
  failWith((async (operation, input, options) => {
    if (operation !== 'BatchGetItem') once.push([operation, options?.once])
    return table.dynamodb(operation, input)
  }) as DynamoDBCall)
  await decide(PER_MINUTE)
  await limit({ policy: PER_MINUTE, subject: 'a' }, { policy: PER_MINUTE, subject: 'b' })
  expect(once).toEqual([
    ['UpdateItem', true],
    ['TransactWriteItems', true],
  ])
})

test('a degraded decision can be logged: which policy, and why', () => {
  const { telemetry, lines } = recordedTelemetry()
  logDegraded(telemetry.logger)({ policy: 'writes', error: transientError('lost') })
  const error = { code: 'dependency-failed', message: 'lost' }
  expect(lines).toMatchObject([{ level: 'WARN', message: 'rate limit degraded', policy: 'writes', error }])
})
