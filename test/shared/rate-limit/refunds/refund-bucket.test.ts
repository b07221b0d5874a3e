import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { createLimiter } from '../../../../functions/shared/rate-limit/limiter.ts'
import type { Charge, WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { createRefund } from '../../../../functions/shared/rate-limit/refunds/refund.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../../support/fake-dynamodb.ts'
import { memoryTable } from '../support/memory-table.ts'
import { type Charged, firstBreach } from '../support/oracle.ts'

// Tokens drop into a bucket while somebody thinks about a refund: what dropped is there already.

const START = 1_800_000_000_000
/** 10 tokens, one a second. */
const POLICY: WindowPolicy = { name: 'calls', algorithm: 'token-bucket', limit: 10, windowMs: 10_000 }
const { signal } = new AbortController()

interface Kept extends Charged {
  readonly nonce: string
  readonly charges: readonly Charge[]
}

function buckets(policy = POLICY) {
  const clock = fakeClock(START)
  const { dynamodb, items } = memoryTable()
  let conflict: { comesAfterWrite: boolean; ms: number } | undefined
  const contended = (async (operation: 'TransactWriteItems', input: never) => {
    if (!conflict || operation !== 'TransactWriteItems') return dynamodb(operation, input)
    const { comesAfterWrite, ms } = conflict
    conflict = undefined
    if (comesAfterWrite) await dynamodb(operation, input)
    clock.set(clock.now() + ms)
    throw refusal('TransactionCanceledException', {
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    })
  }) as unknown as DynamoDBCall
  const options = {
    client: clientOf(contended),
    tableName: 'limits',
    now: clock.now,
    random: () => 0,
    startTimer: clock.startTimer,
  }
  const environments = [createLimiter(options), createLimiter(options)] as const
  const refund = createRefund({
    ...options,
    randomBytes,
    // A pause is over at once: the clock goes on in the conflict.
    startTimer: (callback) => {
      queueMicrotask(callback)
      return () => {}
    },
  })
  let nonces = 0
  /** The charges, less what was refunded. */
  const kept: Kept[] = []
  return {
    clock,
    kept,
    records: () => items().filter(({ pk }) => pk?.S?.startsWith('R#')).length,
    /** One request, with a check for each cost. */
    async charge(costs: readonly number[], environment: 0 | 1 = 0): Promise<Kept[]> {
      const checks = costs.map((cost) => ({ policy, subject: 'user', cost }))
      const { allowed, decisions } = await environments[environment](checks, signal)
      if (!allowed) return []
      const charged = decisions.map(({ charges }, index) => {
        return { pk: 'user', cost: costs[index] ?? 0, at: clock.now(), nonce: `n${nonces++}`, charges }
      })
      kept.push(...charged)
      return charged
    },
    /** The next transaction is told after a time that another one is in its way; perhaps that is itself, sent again. */
    conflictOnce: (comesAfterWrite: boolean, ms: number) => {
      conflict = { comesAfterWrite, ms }
    },
    async giveBack(charged: Kept | undefined): Promise<number> {
      if (!charged) return 0
      const refunded = await refund(charged, signal)
      charged.cost -= refunded
      return refunded
    },
  }
}

test('at once, all of the cost is given back', async () => {
  const { charge, giveBack } = buckets({ ...POLICY, limit: 7 })
  const [charged] = await charge([7])
  expect(await giveBack(charged)).toBe(7)
  expect(await charge([7])).toHaveLength(1)
})

test('later, what has not dropped again meanwhile is', async () => {
  const { charge, giveBack, clock, kept } = buckets()
  const [first] = await charge([10])
  await clock.advance(9000)
  await charge([9])
  await clock.advance(900)
  expect(await giveBack(first)).toBe(1)
  expect(await charge([2])).toEqual([])
  expect(await charge([1])).toHaveLength(1)
  expect(firstBreach(POLICY, kept)).toBeUndefined()
})

test('to the millisecond, and the answer counts a token that dropped in part', async () => {
  const { charge, giveBack, clock } = buckets()
  const [charged] = await charge([5])
  await clock.advance(1001)
  expect(await giveBack(charged)).toBe(4)
  expect(await charge([10])).toHaveLength(1)
  expect(await charge([1])).toEqual([])
})

test('after a try in the way of another transaction, what dropped until the next one is not', async () => {
  const { charge, giveBack, conflictOnce } = buckets()
  const [charged] = await charge([10])
  conflictOnce(false, 4000)
  expect(await giveBack(charged)).toBe(6)
  expect(await charge([10])).toHaveLength(1)
  expect(await charge([1])).toEqual([])
})

test('by a try that was taken for a conflict, the answer is what that try gave back', async () => {
  const { charge, giveBack, conflictOnce } = buckets()
  const [charged] = await charge([10])
  conflictOnce(true, 4000)
  expect(await giveBack(charged)).toBe(10)
})

test('while others are charged, no more than that', async () => {
  const { charge, giveBack, clock } = buckets()
  const [first] = await charge([5])
  await charge([5])
  await clock.advance(1001)
  expect(await giveBack(first)).toBe(4)
  await clock.advance(999)
  expect(await charge([6])).toEqual([])
  await clock.advance(1)
  expect(await charge([6])).toHaveLength(1)
})

test('when as many tokens have dropped, nothing is given back, though the bucket is still filling', async () => {
  const { charge, giveBack, clock, records } = buckets()
  await charge([7])
  const [last] = await charge([3])
  await clock.advance(3000)
  expect(await giveBack(last)).toBe(0)
  expect(records()).toBe(0)
  expect(await charge([4])).toEqual([])
  expect(await charge([3])).toHaveLength(1)
})

test('of two checks of one request each gets its own, though they were charged as one', async () => {
  const { charge, giveBack, clock } = buckets()
  const [first, second] = await charge([5, 5])
  await clock.advance(4000)
  expect([await giveBack(first), await giveBack(second)]).toEqual([1, 1])
  expect(await charge([7])).toEqual([])
  expect(await charge([6])).toHaveLength(1)
})

type Step = { charge: readonly number[]; environment: 0 | 1 } | { refund: number } | { ms: number }
const cost = fc.integer({ min: 1, max: 10 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      charge: fc.oneof(fc.tuple(cost), fc.tuple(cost, cost)),
      environment: fc.constantFrom(0 as const, 1 as const),
    }),
    fc.record({ refund: fc.nat(20) }),
    fc.record({ ms: fc.constantFrom(1, 333, 900, 3000, 9000) }),
  ),
  { minLength: 4, maxLength: 12 },
)
const policies = fc.record({ limit: fc.constantFrom(3, 7, 10), burst: fc.integer({ min: 3, max: 10 }) })

test('whatever is given back, what is kept never breaks the guarantee of the bucket', async () => {
  const property = fc.asyncProperty(policies, steps, async (of, list) => {
    const policy = { ...POLICY, ...of }
    const { clock, kept, charge, giveBack } = buckets(policy)
    const giveBackOne = (index: number) => {
      const left = kept.filter(({ cost }) => cost > 0)
      return giveBack(left[index % left.length])
    }
    for (const step of list) {
      if ('ms' in step) await clock.advance(step.ms)
      else if ('charge' in step) await charge(step.charge, step.environment)
      else if ((await giveBackOne(step.refund)) > 0) {
        // Emptying the bucket shows what is in it.
        for (const some of [5, 4, 3, 2, 1]) await charge([some])
      }
    }
    expect(firstBreach(policy, kept)).toBeUndefined()
  })
  await fc.assert(property, { numRuns: 1500 })
})
