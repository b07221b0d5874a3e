import type { Override, StoredPolicy } from '../../functions/rate-limiter/domain/policy.ts'
import { createPolicyBook } from '../../functions/rate-limiter/policy-book.ts'
import { AppError } from '../../functions/shared/errors.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { aPolicy, TENANT } from './a-policy.ts'

const { signal } = new AbortController()
const down = new AppError('dependency-failed', 'The table is down.', { retryable: true })

/** A book over policies that a test changes; it is told how each was read. */
function world(...initial: StoredPolicy[]) {
  const clock = fakeClock()
  const policies = new Map(initial.map((policy) => [policy.name, policy]))
  const overrides = new Map<string, Override>()
  const reads: string[] = []
  /** As replicas that are behind have them. */
  const replica = new Map<string, StoredPolicy>()
  let failure: Error | undefined
  const find = createPolicyBook({
    async readPolicy({ name }, { consistent }) {
      if (failure) throw failure
      reads.push(consistent ? `${name}!` : name)
      return (consistent ? undefined : replica.get(name)) ?? policies.get(name)
    },
    async readOverrides() {
      reads.push('overrides')
      return new Map(overrides)
    },
    budgetMs: 50,
    startTimer: clock.startTimer,
    now: clock.now,
    random: () => 0,
  })
  return {
    clock,
    policies,
    overrides,
    replica,
    reads,
    failWith: (error: Error | undefined) => {
      failure = error
    },
    find: (name: string, subject = 'org:7:user:3') => find({ tenant: TENANT, name, subject }, signal),
  }
}
const below = (parent: string, name: string) => aPolicy({ parent: { policy: parent, subjectPrefix: 'org:' } }, { name })

test('a change is live within 5 seconds, and until then the policy is remembered', async () => {
  const { find, policies, reads, clock } = world(aPolicy({ limit: 1 }))
  await find('writes')
  policies.set('writes', aPolicy({ limit: 2 }))
  await clock.advance(4999)
  expect(await find('writes')).toMatchObject({ limit: 1 })
  await clock.advance(1)
  expect(await find('writes')).toMatchObject({ limit: 2 })
  expect(reads).toEqual(['writes', 'writes'])
})

test('that there is no policy is believed for a second', async () => {
  const { find, policies, clock } = world()
  expect(await find('writes')).toBeUndefined()
  policies.set('writes', aPolicy())
  expect(await find('writes')).toBeUndefined()
  await clock.advance(1000)
  expect(await find('writes')).toMatchObject({ name: 'writes' })
})

test('while the table is down, what was seen within 5 minutes goes on, and nothing else', async () => {
  const { find, failWith, clock } = world(aPolicy())
  await find('writes')
  failWith(down)
  await clock.advance(299_999)
  expect(await find('writes')).toMatchObject({ name: 'writes' })
  await clock.advance(1)
  await expect(find('writes')).rejects.toBe(down)
})

test('a table that is slow holds a check up for four budgets at most', async () => {
  const { find, policies, clock } = world(aPolicy())
  await find('writes')
  await clock.advance(5000)
  policies.get = () => new Promise(() => undefined) as never
  const found = find('writes')
  await clock.advance(200)
  expect(await found).toMatchObject({ name: 'writes' })
})

test('parents come along, each by its own subject', async () => {
  const { find, overrides } = world(aPolicy({}, { name: 'all' }), below('all', 'org'), {
    ...below('org', 'user'),
    overrides: 1,
  })
  overrides.set('org:7:user:3', { subject: 'org:7:user:3', policy: 'user', limit: 77 })
  expect(await find('user')).toMatchObject({
    limit: 77,
    parent: { policy: { name: 'org', limit: 10, parent: { policy: { name: 'all' } } } },
  })
  expect(await find('user', 'org:7:user:4')).toMatchObject({ limit: 10 })
})

test('overrides are read only where there are some, and remembered together', async () => {
  const { find, overrides, reads } = world(aPolicy(), aPolicy({}, { name: 'own', overrides: 2 }))
  overrides.set('a', { subject: 'a', policy: 'own', limit: 1 })
  await find('writes')
  expect([await find('own', 'a'), await find('own', 'b')]).toMatchObject([{ limit: 1 }, { limit: 10 }])
  expect(reads).toEqual(['writes', 'own', 'overrides'])
})

test('a policy whose parent is gone was moved: both are read again, consistently', async () => {
  const { find, replica, policies, reads } = world(aPolicy({}, { name: 'new' }), below('new', 'user'))
  replica.set('user', below('old', 'user'))
  expect(await find('user')).toMatchObject({ parent: { policy: { name: 'new' } } })
  expect(reads).toEqual(['user', 'old', 'user!', 'new!'])
  policies.delete('new')
  await expect(world(below('old', 'user')).find('user')).rejects.toMatchObject({ code: 'conflict', retryable: true })
})

test.each([
  ['shards', { limit: 800, shards: 8 }],
  ['slots', { algorithm: 'concurrency' as const }],
])('a parent that has %s by now is none any more', async (_, fields) => {
  const { find, replica } = world(aPolicy(fields, { name: 'all' }), aPolicy({}, { name: 'user' }))
  replica.set('user', below('all', 'user'))
  expect(await find('user')).not.toHaveProperty('parent')
})

test('a circle of policies that were read at different times ends', async () => {
  const { find, replica } = world(aPolicy({}, { name: 'a' }), below('a', 'b'))
  replica.set('a', below('b', 'a'))
  expect(await find('b')).toMatchObject({ parent: { policy: { name: 'a' } } })
})

test('slots are found as what they are', async () => {
  const { find } = world(aPolicy({ algorithm: 'concurrency', limit: 3 }))
  expect(await find('writes')).toMatchObject({ algorithm: 'concurrency', limit: 3 })
})
