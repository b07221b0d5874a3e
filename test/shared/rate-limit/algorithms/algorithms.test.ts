import fc from 'fast-check'
import { algorithmOf } from '../../../../functions/shared/rate-limit/algorithms/algorithm.ts'
import type { Algorithm, TimedCheck } from '../../../../functions/shared/rate-limit/algorithms/types.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'

const MINUTE = 60_000
/** A quarter of the way through the minute of number 100. */
const NOW = 100 * MINUTE + 15_000
const policyOf = (algorithm: WindowPolicy['algorithm'], more: Partial<WindowPolicy> = {}): WindowPolicy => {
  return { name: 'p', algorithm, limit: 10, windowMs: MINUTE, ...more }
}
const judge = (policy: WindowPolicy, item: Record<string, number | bigint>, { cost = 1, now = NOW } = {}) => {
  const attributes = Object.entries(item).map(([name, value]) => [name, { N: String(value) }])
  return algorithmOf(policy).judge(Object.fromEntries(attributes), { policy, cost, now })
}

describe('a fixed window', () => {
  const policy = policyOf('fixed-window')
  test('has room up to its limit, whatever the window before had', () => {
    const rest = { resetMs: 45_000, retryAfterMs: 0 }
    expect(judge(policy, {})).toEqual({ allowed: true, remaining: 10, ...rest })
    expect(judge(policy, { m_100: 9, m_99: 10 })).toEqual({ allowed: true, remaining: 1, ...rest })
  })
  test('that is full says when the next one begins', () => {
    const denied = { allowed: false, resetMs: 45_000, retryAfterMs: 45_000 }
    expect(judge(policy, { m_100: 10 })).toEqual({ ...denied, remaining: 0 })
    expect(judge(policy, { m_100: 8 }, { cost: 3 })).toEqual({ ...denied, remaining: 2 })
  })
  test('has nothing left when its limit was lowered, not less', () => {
    expect(judge(policy, { m_100: 50 })).toMatchObject({ allowed: false, remaining: 0 })
  })
})

describe('a sliding window', () => {
  const policy = policyOf('sliding-window')
  test('counts of the previous one the part that is in view, rounded up', () => {
    // Three quarters of 8 and of 9 are 6 and 6.75.
    expect(judge(policy, { m_100: 3, m_99: 8 })).toMatchObject({ allowed: true, remaining: 1 })
    expect(judge(policy, { m_100: 3, m_99: 9 })).toMatchObject({ allowed: false, remaining: 0 })
    expect(judge(policy, { m_98: 10 })).toMatchObject({ allowed: true, remaining: 10 })
  })
  test('that is full has room once enough of the previous one is out of view', () => {
    // At most 6 of the 9 may be in view: 40 s of the minute.
    expect(judge(policy, { m_100: 3, m_99: 9 })).toMatchObject({ retryAfterMs: 5000, resetMs: 105_000 })
  })
  test('that is full by itself has room in the next one', () => {
    // At most 9 of the 10 may be in view: 54 s of the minute after this one.
    expect(judge(policy, { m_100: 10 })).toMatchObject({ allowed: false, retryAfterMs: 45_000 + 6000 })
  })
  test('is as new when nothing is in view any more', () => {
    expect(judge(policy, { m_99: 10 })).toMatchObject({ remaining: 2, resetMs: 45_000 })
  })
  test('of a month weighs by days of that month, and waits by those of the next', () => {
    const monthly = policyOf('sliding-window', { calendar: 'month', limit: 28 })
    delete (monthly as { windowMs?: number }).windowMs
    const [february, count] = [Date.parse('2027-02-15T00:00:00Z'), 2027 * 12 + 1]
    expect(judge(monthly, { [`m_${count - 1}`]: 28 }, { now: february })).toMatchObject({ remaining: 14 })
    const wait = judge(monthly, { [`m_${count}`]: 28 }, { now: february }).retryAfterMs
    // 27 of 28 in view are 29 days, 21 hours and a bit of March's 31.
    expect(new Date(february + Number(wait)).toISOString()).toBe('2027-03-02T02:34:17.143Z')
  })
})

const FS = 10n ** 12n
const at = (ms: number) => BigInt(ms) * FS
describe('a token bucket', () => {
  const policy = policyOf('token-bucket', { burst: 20 })
  test('is full when its time has come', () => {
    expect(judge(policy, {})).toEqual({ allowed: true, remaining: 20, resetMs: 0, retryAfterMs: 0 })
    expect(judge(policy, { tat: at(NOW) })).toMatchObject({ allowed: true, remaining: 20, resetMs: 0 })
  })
  test('gets a token back each sixth second', () => {
    expect(judge(policy, { tat: at(NOW + 6000) })).toMatchObject({ remaining: 19, resetMs: 6000 })
    expect(judge(policy, { tat: at(NOW + 5999) })).toMatchObject({ remaining: 19, resetMs: 5999 })
    expect(judge(policy, { tat: at(NOW + 6001) })).toMatchObject({ remaining: 18, resetMs: 6001 })
  })
  test('that is empty says when the next token drops', () => {
    expect(judge(policy, { tat: at(NOW + 119_000) })).toMatchObject({
      allowed: false,
      retryAfterMs: 5000,
      remaining: 0,
    })
    expect(judge(policy, { tat: at(NOW + 120_000) }, { cost: 20 })).toMatchObject({ retryAfterMs: 120_000 })
  })
  test('whose burst was lowered has nothing left, not less', () => {
    expect(judge(policy, { tat: at(NOW + 500_000) })).toMatchObject({ allowed: false, remaining: 0 })
  })
  test('holds its limit when no burst is given', () => {
    expect(judge(policyOf('token-bucket'), {}, { cost: 10 })).toMatchObject({ allowed: true, remaining: 10 })
    expect(judge(policyOf('token-bucket'), {}, { cost: 11 })).toMatchObject({ allowed: false, retryAfterMs: null })
  })
})

test.each([
  'fixed-window',
  'sliding-window',
  'token-bucket',
] as const)('a cost above a %s never passes', (algorithm) => {
  expect(judge(policyOf(algorithm), {}, { cost: 10 })).toMatchObject({ allowed: true })
  expect(judge(policyOf(algorithm), {}, { cost: 11 })).toMatchObject({ allowed: false, retryAfterMs: null })
})

const policies = fc
  .record({
    algorithm: fc.constantFrom('fixed-window' as const, 'sliding-window' as const, 'token-bucket' as const),
    limit: fc.integer({ min: 1, max: 1000 }),
    burst: fc.integer({ min: 1, max: 1000 }),
    windowMs: fc.integer({ min: 1000, max: 100_000 }),
  })
  .map((policy) => ({ name: 'p', ...policy }) satisfies WindowPolicy)
const situations = policies.chain((policy) => {
  const time = fc.integer({ min: 3 * 100_000, max: 9 * 100_000 })
  return time.chain((now) => {
    const number = Math.floor(now / policy.windowMs)
    const count = fc.integer({ min: 0, max: policy.limit })
    const item = fc
      .tuple(count, count, fc.bigInt({ min: at(now - 1000), max: at(now + policy.windowMs) }))
      .map(([current, previous, tat]) => ({
        [`m_${number}`]: { N: String(current) },
        [`m_${number - 1}`]: { N: String(previous) },
        tat: { N: String(tat) },
      }))
    return fc.record({
      policy: fc.constant(policy),
      now: fc.constant(now),
      item,
      cost: fc.integer({ min: 1, max: 1000 }),
    })
  })
})
type Judge = Algorithm['judge']
const judged = (run: (judgeWith: (changed: Partial<TimedCheck>) => ReturnType<Judge>, check: TimedCheck) => void) =>
  fc.assert(
    fc.property(situations, ({ item, ...check }) => {
      run((changed) => algorithmOf(check.policy).judge(item, { ...check, ...changed }), check)
    }),
    { numRuns: 1000 },
  )

test('a denial says to the millisecond when it will pass, if nobody else comes', () => {
  judged((judgeWith, { now }) => {
    const { allowed, retryAfterMs } = judgeWith({})
    if (allowed || retryAfterMs === null) return
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(judgeWith({ now: now + retryAfterMs })).toMatchObject({ allowed: true })
    expect(judgeWith({ now: now + retryAfterMs - 1 })).toMatchObject({ allowed: false })
  })
})

test('what remains can be had at once, and no more', () => {
  judged((judgeWith) => {
    const { remaining } = judgeWith({})
    expect(judgeWith({ cost: remaining + 1 }).allowed).toBe(false)
    if (remaining > 0) expect(judgeWith({ cost: remaining }).allowed).toBe(true)
  })
})

test('after the reset all of it is there, and before it is not', () => {
  judged((judgeWith, { now, policy }) => {
    const { remaining, resetMs } = judgeWith({})
    const { algorithm, limit, burst = limit } = policy
    const all = algorithm === 'token-bucket' ? burst : limit
    expect(judgeWith({ now: now + resetMs }).remaining).toBe(all)
    if (remaining < all) expect(resetMs).toBeGreaterThan(0)
  })
})
