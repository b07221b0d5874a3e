import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, PER_MINUTE } from './support/limiter-world.ts'

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

  test('tell with each charge how full its own counter is after all of them', async () => {
    const { limit } = limiterWorld()
    const { decisions } = await limit(check('a', { cost: 2 }), check('a', { cost: 4 }), check('b', { policy: BUCKET }))
    const levels = decisions.flatMap(({ charges }) => charges.map(({ after }) => [after?.subject, after?.remaining]))
    expect(levels).toEqual([
      ['a', 4],
      ['a', 4],
      ['b', 9],
    ])
  })

  /** @proves rate-limiter/denial-charges-nothing */
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
    const sevenths = { ...BUCKET, limit: 7 }
    const { decisions } = await limit(check('a', { policy: sevenths }), check('a', { policy: sevenths }))
    const amounts = decisions.flatMap(({ charges }) => charges.map(({ amount }) => BigInt(amount ?? 0)))
    const tat = BigInt(table.item('Q#bucket#a')?.tat?.N ?? 0)
    expect(amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(tat - 1_800_000_000_000n * 10n ** 12n)
  })

  test('that only peek charge nothing, but have to pass', async () => {
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

  test('none of which ever passes ask nobody', async () => {
    const { limit, calls } = limiterWorld()
    const never = { allowed: false, retryAfterMs: null, source: 'cache' }
    expect(await limit(check('a', { cost: 11 }), check('b', { cost: 11, peek: true }))).toMatchObject({
      allowed: false,
      decisions: [never, never],
    })
    expect(calls()).toBe(0)
  })

  test('that are all known to be denied ask nobody, and say of each whether it alone would pass', async () => {
    const { limit, decide, calls } = limiterWorld()
    await decide(PER_MINUTE, { subject: 'a', cost: 8 })
    await decide(PER_MINUTE, { subject: 'a', cost: 3 })
    const before = calls()
    expect(await limit(check('a'), check('a', { cost: 2 }))).toMatchObject({
      allowed: false,
      decisions: [
        { allowed: true, remaining: 2, source: 'cache' },
        { allowed: false, retryAfterMs: 60_000, source: 'cache' },
      ],
    })
    expect(calls()).toBe(before)
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

test('a cost above the limit never passes, blocked or not', async () => {
  const { limit, decide } = limiterWorld()
  const policy = { ...PER_MINUTE, blockMs: 1000 }
  await decide(policy, { cost: 10 })
  await decide(policy)
  const decided = await limit(check('user', { policy, cost: 11 }), check('b'))
  expect(decided).toMatchObject({ allowed: false, decisions: [{ retryAfterMs: null, remaining: 0 }, {}] })
  expect(await decide(policy, { cost: 11 })).toMatchObject({ allowed: false, retryAfterMs: null })
})
