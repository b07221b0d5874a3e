import * as fc from 'fast-check'
import { toConcurrencyPolicy, toWindowPolicy } from '../../../functions/rate-limiter/domain/counted-policy.ts'
import type { Override } from '../../../functions/rate-limiter/domain/policy.ts'
import { validatePolicy } from '../../../functions/shared/rate-limit/policies/validate-policy.ts'
import { aPolicy, TENANT, windowDefinitions } from '../a-policy.ts'

const own = (limit: number, burst?: number): Override => ({
  subject: 'user:1',
  policy: 'writes',
  limit,
  ...(burst !== undefined && { burst }),
})
const counted = (stored: object, override?: Override, above?: Parameters<typeof toWindowPolicy>[2]) =>
  toWindowPolicy(stored as never, override, above)

test('a policy has its tenant, its fields and nothing that was not given', () => {
  expect(counted(aPolicy({ blockMs: 5, allow: ['vip'] }))).toEqual({
    tenant: TENANT,
    name: 'writes',
    algorithm: 'fixed-window',
    limit: 10,
    windowMs: 60_000,
    onError: 'closed',
    mode: 'enforce',
    blockMs: 5,
    allow: ['vip'],
  })
})

test('it is the same object for the same parts, so that its patterns are read once, and another for any other part', () => {
  const [stored, override, above] = [aPolicy(), own(3), counted(aPolicy({}, { name: 'all' }))]
  const first = counted(stored, override, above)
  expect(counted(stored, override, above)).toBe(first)
  const others = [
    counted(stored),
    counted(stored, override),
    counted(stored, undefined, above),
    counted(aPolicy(), override, above),
    counted(stored, own(3), above),
  ]
  expect(new Set([first, ...others]).size).toBe(6)
  expect(toConcurrencyPolicy(stored, override)).toBe(toConcurrencyPolicy(stored, override))
})

test('a subject’s own limit takes the place of the policy’s', () => {
  expect(counted(aPolicy(), own(3)).limit).toBe(3)
  expect(toConcurrencyPolicy(aPolicy({ algorithm: 'concurrency' }), own(3)).limit).toBe(3)
})

test('a bucket whose own limit has no burst holds as much as that limit', () => {
  const bucket = aPolicy({ algorithm: 'token-bucket', burst: 50 })
  expect(counted(bucket, own(3))).toMatchObject({ limit: 3, burst: 3 })
  expect(counted(bucket, own(3, 7))).toMatchObject({ limit: 3, burst: 7 })
})

test('a smaller limit is counted in fewer shards, a hundred each', () => {
  const sharded = aPolicy({ limit: 800, shards: 8 })
  expect([own(800), own(250), own(1)].map((override) => counted(sharded, override).shards)).toEqual([8, 2, 1])
})

test('what an override allowed under an older algorithm is cut to what the present one allows', () => {
  expect(toConcurrencyPolicy(aPolicy({ algorithm: 'concurrency' }), own(1e9)).limit).toBe(500)
  void fc.assert(
    fc.property(
      windowDefinitions,
      fc.integer({ min: 1, max: 1e9 }),
      fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
      (definition, limit, burst) => {
        expect(() => validatePolicy(counted(aPolicy({}, { definition }), own(limit, burst)))).not.toThrow()
      },
    ),
  )
})
