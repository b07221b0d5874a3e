import { pkOf, tenantOfKey } from '../../../../functions/shared/rate-limit/counters/counter.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, PER_MINUTE } from '../support/limiter-world.ts'

const of = (tenant: string): WindowPolicy => ({ ...PER_MINUTE, tenant, limit: 1 })

test('policies of two tenants, and one of none, share no counter', async () => {
  const { decide, limit } = limiterWorld()
  for (const policy of [of('acme'), of('other'), { ...PER_MINUTE, limit: 1 }]) {
    expect([(await decide(policy)).allowed, (await decide(policy)).allowed]).toEqual([true, false])
  }
  const both = await limit({ policy: of('third'), subject: 'a' }, { policy: of('fourth'), subject: 'a' })
  expect(both.allowed).toBe(true)
})

test('a key says whose it is, with shards and without', () => {
  expect(tenantOfKey(pkOf(of('acme'), 'user:1'))).toBe('acme')
  expect(tenantOfKey(pkOf(of('a@b'), '@x#y', 7))).toBe('a@b')
  expect(tenantOfKey(pkOf(PER_MINUTE, '@acme#x'))).toBeUndefined()
})

test('no tenant, name or shard makes the key of another one', () => {
  const parts = ['a', '1', '@a', 'a@', '1@a']
  const keys = parts.flatMap((tenant) =>
    parts.flatMap((name) => [undefined, 1].map((shard) => pkOf({ tenant, name }, 'x', shard))),
  )
  const untold = parts.flatMap((name) => [undefined, 1].map((shard) => pkOf({ name }, 'x', shard)))
  expect(new Set([...keys, ...untold]).size).toBe(keys.length + untold.length)
})

test('a tenant with the separator of keys is refused', async () => {
  await expect(limiterWorld().decide(of('a#b'))).rejects.toThrow('The policy\'s tenant is "a#b"')
})
