import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, PER_MINUTE } from './support/limiter-world.ts'

const PARENT: WindowPolicy = { name: 'org', algorithm: 'fixed-window', limit: 3, windowMs: 60_000 }
const CHILD: WindowPolicy = { ...PER_MINUTE, parent: { policy: PARENT, subjectPrefix: 'org:' } }

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

  test('with more left than its child does not hide what the child has left', async () => {
    const { decide } = limiterWorld()
    const roomy = { ...CHILD, limit: 2 }
    expect(await decide(roomy, { subject: 'org:7:user:3' })).toMatchObject({ remaining: 1 })
    expect(await decide(roomy, { subject: 'org:7:user:3', peek: true })).toMatchObject({ remaining: 1 })
  })

  test('that could never hold the cost denies its child for good', async () => {
    const { limit } = limiterWorld()
    const decided = await limit(
      { policy: CHILD, subject: 'org:7:user:3', cost: 4 },
      { policy: CHILD, subject: 'alone' },
    )
    expect(decided).toMatchObject({ allowed: false, decisions: [{ retryAfterMs: null }, { allowed: true }] })
  })

  test('is not charged when its child is off', async () => {
    const { decide, calls } = limiterWorld()
    expect(await decide({ ...CHILD, mode: 'off' })).toMatchObject({ allowed: true, charges: [] })
    expect(calls()).toBe(0)
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
    const of = (user: number) => ({ policy: CHILD, subject: `org:7:user:${user}`, cost: 2 })
    expect(await limit(of(1), of(2))).toMatchObject({
      allowed: false,
      decisions: [{ allowed: true }, { allowed: false }],
    })
  })

  test('that is full makes the next denial free, without a read of the child', async () => {
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
