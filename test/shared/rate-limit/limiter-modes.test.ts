import { createLimiter } from '../../../functions/shared/rate-limit/limiter.ts'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'
import { clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { transientError } from '../resilience/operations.ts'
import { limiterWorld, PER_MINUTE } from './support/limiter-world.ts'

const SHADOW: WindowPolicy = { ...PER_MINUTE, name: 'trial', limit: 2, mode: 'shadow' }
const ORG: WindowPolicy = { ...PER_MINUTE, name: 'org', limit: 3 }

test('a policy that is off does nothing', async () => {
  const { decide, calls } = limiterWorld()
  const off = { ...PER_MINUTE, mode: 'off' as const, deny: ['user'] }
  const nothing = { allowed: true, remaining: 10, retryAfterMs: 0, mode: 'off', source: 'cache', charges: [] }
  expect(await decide(off, { cost: 99 })).toMatchObject(nothing)
  expect(calls()).toBe(0)
})

describe('patterns', () => {
  const policy = { ...PER_MINUTE, allow: ['vip:*'], deny: ['vip:3', 'bad'] }
  test('let the allowed pass, uncounted', async () => {
    const { decide, calls } = limiterWorld()
    expect(await decide(policy, { subject: 'vip:1', cost: 99 })).toMatchObject({ allowed: true, remaining: 10 })
    expect(calls()).toBe(0)
  })
  test('take no time: nobody is asked, and no budget starts', async () => {
    const { table, clock } = limiterWorld()
    let started = 0
    const startTimer: StartTimer = (...timer) => {
      started++
      return clock.startTimer(...timer)
    }
    const limit = createLimiter({
      ...clock,
      client: clientOf(table.dynamodb),
      tableName: 'limits',
      random: () => 0,
      startTimer,
    })
    const { signal } = new AbortController()
    expect(await limit([{ policy, subject: 'vip:1' }], signal)).toMatchObject({ allowed: true })
    expect(await limit([{ policy, subject: 'bad' }], signal)).toMatchObject({ allowed: false })
    expect(started).toBe(0)
  })
  test('deny for good, the allowed too', async () => {
    const { decide, calls } = limiterWorld()
    const never = { allowed: false, remaining: 0, retryAfterMs: null, source: 'cache', degraded: false }
    expect(await decide(policy, { subject: 'vip:3' })).toMatchObject(never)
    expect(await decide(policy, { subject: 'bad', peek: true })).toMatchObject(never)
    expect(calls()).toBe(0)
  })
  test('that deny one check charge none, and its siblings say whether they alone would pass', async () => {
    const { limit, writes } = limiterWorld()
    const decided = await limit({ policy, subject: 'bad' }, { policy, subject: 'user', cost: 2 })
    expect(decided).toMatchObject({ allowed: false, decisions: [{ allowed: false }, { allowed: true, remaining: 10 }] })
    expect(writes()).toBe(0)
  })
  test('of a parent count for its subject', async () => {
    const { decide } = limiterWorld()
    const under = (parent: Partial<WindowPolicy>) => {
      return { ...PER_MINUTE, parent: { policy: { ...ORG, ...parent }, subjectPrefix: 'org' } }
    }
    const pksOf = async (policy: WindowPolicy) => {
      const { allowed, charges } = await decide(policy)
      return { allowed, pks: charges.map(({ pk }) => pk) }
    }
    expect(await pksOf(under({ deny: ['org'] }))).toEqual({ allowed: false, pks: [] })
    expect(await pksOf(under({ allow: ['org'] }))).toEqual({ allowed: true, pks: ['Q#writes#user'] })
    expect(await pksOf(under({ mode: 'off' }))).toEqual({ allowed: true, pks: ['Q#writes#user'] })
    expect(await pksOf({ ...under({ deny: ['org'] }), allow: ['user'] })).toEqual({ allowed: true, pks: [] })
  })
})

describe('shadow', () => {
  /** @proves rate-limiter/trial-denies-nobody */
  test('counts, never denies, and says what it would have done', async () => {
    const { decide } = limiterWorld()
    expect(await decide(SHADOW)).toMatchObject({ allowed: true, mode: 'shadow', wouldDeny: false, remaining: 1 })
    await decide(SHADOW)
    const denied = { allowed: true, wouldDeny: true, remaining: 0, retryAfterMs: 0, charges: [] }
    expect(await decide(SHADOW)).toMatchObject(denied)
    expect(await decide(SHADOW, { cost: 3 })).toMatchObject({ allowed: true, wouldDeny: true })
    expect(await decide({ ...SHADOW, deny: ['user'] })).toMatchObject({ allowed: true, wouldDeny: true })
  })

  /** @proves rate-limiter/trial-denies-nobody */
  test('never keeps another policy from passing, nor from being charged', async () => {
    const { limit } = limiterWorld()
    for (let passed = 1; passed <= 4; passed++) {
      const decided = await limit({ policy: SHADOW, subject: 'user' }, { policy: PER_MINUTE, subject: 'user' })
      expect(decided).toMatchObject({
        allowed: true,
        decisions: [
          { allowed: true, wouldDeny: passed > 2 },
          { allowed: true, remaining: 10 - passed },
        ],
      })
      expect(decided.decisions[1]).not.toHaveProperty('wouldDeny')
    }
  })

  test('is not charged for a request that others denied', async () => {
    const { limit, table } = limiterWorld()
    await limit({ policy: PER_MINUTE, subject: 'user', cost: 10 })
    const decided = await limit({ policy: SHADOW, subject: 'user' }, { policy: PER_MINUTE, subject: 'user' })
    expect(decided).toMatchObject({ allowed: false, decisions: [{ allowed: true, wouldDeny: false, charges: [] }, {}] })
    expect(table.item('Q#trial#user')).toBeUndefined()
  })

  test('counts the checks of one subject together, as if it were none', async () => {
    const { limit, table } = limiterWorld()
    const of = (cost: number, subject = 'user') => ({ policy: { ...SHADOW, limit: 10 }, subject, cost })
    expect(await limit(of(6), of(6), of(1, 'another'))).toMatchObject({
      allowed: true,
      decisions: [
        { wouldDeny: false, charges: [] },
        { wouldDeny: true, charges: [] },
        { wouldDeny: false, charges: [] },
      ],
    })
    expect(table.items()).toEqual([])
    const { decisions } = await limit(of(6), of(4))
    expect(decisions).toMatchObject([
      { wouldDeny: false, remaining: 0 },
      { wouldDeny: false, remaining: 0 },
    ])
    expect(decisions.map(({ charges }) => charges.map(({ cost }) => cost))).toEqual([[6], [4]])
  })

  test('of a parent counts its children in one request together', async () => {
    const { limit, table } = limiterWorld()
    const parent: WindowPolicy = { ...ORG, limit: 10, mode: 'shadow' }
    const policy = { ...PER_MINUTE, parent: { policy: parent, subjectPrefix: 'org:' } }
    const of = (user: number) => ({ policy, subject: `org:7:user:${user}`, cost: 6 })
    expect(await limit(of(1), of(2))).toMatchObject({
      allowed: true,
      decisions: [
        { wouldDeny: false, remaining: 4 },
        { wouldDeny: true, remaining: 4 },
      ],
    })
    expect(table.item('Q#org#org:7:user')).toBeUndefined()
  })

  test('of two parents tells what one of them would deny', async () => {
    const { decide } = limiterWorld()
    const top: WindowPolicy = { ...ORG, name: 'top', mode: 'shadow', limit: 9 }
    const middle: WindowPolicy = { ...ORG, mode: 'shadow', limit: 1, parent: { policy: top, subjectPrefix: 'top' } }
    const policy = { ...PER_MINUTE, parent: { policy: middle, subjectPrefix: 'org' } }
    expect(await decide(policy)).toMatchObject({ wouldDeny: false })
    expect(await decide(policy)).toMatchObject({ wouldDeny: true })
  })

  test('does not affect another trial', async () => {
    const { limit, table } = limiterWorld()
    const other: WindowPolicy = { ...SHADOW, name: 'other' }
    expect(await limit({ policy: SHADOW, subject: 'user', cost: 3 }, { policy: other, subject: 'user' })).toMatchObject(
      {
        decisions: [{ wouldDeny: true }, { wouldDeny: false, charges: [{ cost: 1 }] }],
      },
    )
    expect(table.item('Q#other#user')).toBeDefined()
  })

  test('of a child looks at its parents, and takes nothing from them', async () => {
    const { decide, table } = limiterWorld()
    const policy = { ...SHADOW, limit: 9, parent: { policy: ORG, subjectPrefix: 'org' } }
    expect(await decide(policy)).toMatchObject({ wouldDeny: false, remaining: 3 })
    expect(table.item('Q#trial#user')).toBeDefined()
    expect(table.item('Q#org#org')).toBeUndefined()
    await decide(ORG, { subject: 'org', cost: 3 })
    expect(await decide(policy)).toMatchObject({ allowed: true, wouldDeny: true })
    const denied = { ...policy, parent: { policy: { ...ORG, deny: ['org'] }, subjectPrefix: 'org' } }
    expect(await decide(denied)).toMatchObject({ allowed: true, wouldDeny: true })
  })

  test('of a parent is told with the child, which it never denies', async () => {
    const { decide } = limiterWorld()
    const policy = {
      ...PER_MINUTE,
      parent: { policy: { ...ORG, limit: 1, mode: 'shadow' as const }, subjectPrefix: 'org' },
    }
    const first = await decide(policy)
    expect(first).toMatchObject({ allowed: true, mode: 'enforce', wouldDeny: false, remaining: 9 })
    expect(first.charges).toHaveLength(2)
    expect(await decide(policy)).toMatchObject({ allowed: true, wouldDeny: true, remaining: 8 })
  })

  test('of a parent that its pattern denies is told with the child, and charges nothing', async () => {
    const { decide, table } = limiterWorld()
    const denying: WindowPolicy = { ...ORG, mode: 'shadow', deny: ['org'] }
    const policy = { ...PER_MINUTE, parent: { policy: denying, subjectPrefix: 'org' } }
    const told = { allowed: true, mode: 'enforce', wouldDeny: true, remaining: 9, source: 'store' }
    expect(await decide(policy)).toMatchObject({ ...told, charges: [{ pk: 'Q#writes#user' }] })
    expect(table.item('Q#org#org')).toBeUndefined()
    expect(await decide({ ...policy, mode: 'shadow' })).toMatchObject({ allowed: true, wouldDeny: true, charges: [] })
    expect(await decide({ ...policy, deny: ['user'] })).toMatchObject({ allowed: false })
  })

  test('that cannot be counted denies nobody, and is not a would-be denial of a child', async () => {
    const { decide, failWith, table } = limiterWorld()
    failWith((async (operation: 'UpdateItem', input: { Key?: { pk?: { S?: string } } }) => {
      if (input.Key?.pk?.S?.startsWith('Q#trial')) throw transientError()
      return table.dynamodb(operation, input as never)
    }) as DynamoDBCall)
    const policy = { ...PER_MINUTE, parent: { policy: SHADOW, subjectPrefix: 'org' } }
    const counted = { allowed: true, source: 'store', degraded: false, wouldDeny: false }
    expect(await decide(policy)).toMatchObject(counted)
    expect(await decide(SHADOW)).toMatchObject({ allowed: true, source: 'fallback', degraded: true, wouldDeny: true })
  })
})
