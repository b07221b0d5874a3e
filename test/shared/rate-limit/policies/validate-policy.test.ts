import { validateChecks, validatePolicy } from '../../../../functions/shared/rate-limit/policies/validate-policy.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'

const GOOD: WindowPolicy = { name: 'tenant-writes', algorithm: 'fixed-window', limit: 100, windowMs: 1000 }
const BUCKET: WindowPolicy = { ...GOOD, algorithm: 'token-bucket' }
const { windowMs: _, ...WITHOUT_WINDOW } = GOOD
const childOf = (policy: WindowPolicy): WindowPolicy => ({ ...GOOD, parent: { policy, subjectPrefix: 'org:' } })

test.each<[string, WindowPolicy]>([
  ['the least window', GOOD],
  ['a calendar', { ...WITHOUT_WINDOW, calendar: 'month' }],
  ['a name of all characters', { ...GOOD, name: 'a.Z_~:@-9' }],
  ['a shard for each hundred', { ...GOOD, limit: 800, shards: 8 }],
  ['one shard', { ...GOOD, limit: 1, shards: 1 }],
  ['a large bucket', { ...BUCKET, limit: 999_999, burst: 1_000_000 }],
  ['four parents', childOf(childOf(childOf(childOf(GOOD))))],
])('%s is good', (_rule, policy) => {
  expect(() => validatePolicy(policy)).not.toThrow()
  expect(() => validatePolicy(policy)).not.toThrow()
})

test.each<[string, WindowPolicy, RegExp]>([
  ['a name with the separator of keys', { ...GOOD, name: 'a#b' }, /name is "a#b"/],
  ['no name', { ...GOOD, name: '' }, /name is ""/],
  ['a name of 129 characters', { ...GOOD, name: 'a'.repeat(129) }, /name is "a+"/],
  ['a limit of nothing', { ...GOOD, limit: 0 }, /limit is 0: it must be from 1 to 1000000000/],
  ['half a request', { ...GOOD, limit: 1.5 }, /limit is 1.5: it must be a whole number/],
  ['an empty bucket', { ...BUCKET, burst: 0 }, /burst is 0/],
  ['a window below a second', { ...GOOD, windowMs: 999 }, /windowMs is 999: it must be from 1000/],
  ['half a millisecond', { ...GOOD, windowMs: 1000.5 }, /windowMs is 1000.5/],
  ['no window', WITHOUT_WINDOW, /windowMs undefined and calendar undefined/],
  ['two windows', { ...GOOD, calendar: 'day' }, /windowMs 1000 and calendar day/],
  ['a block of less than nothing', { ...GOOD, blockMs: -1 }, /blockMs is -1/],
  ['9 shards', { ...GOOD, limit: 900, shards: 9 }, /shards is 9: it must be from 1 to 8/],
  ['2 shards of 199', { ...GOOD, limit: 199, shards: 2 }, /shards is 2: it must be from 1 to 1/],
  ['2 shards of a small bucket', { ...BUCKET, limit: 200, burst: 199, shards: 2 }, /shards is 2/],
  ['a bucket of a month', { ...WITHOUT_WINDOW, algorithm: 'token-bucket', calendar: 'month' }, /must have windowMs/],
  ['a bucket that rounding spoils', { ...BUCKET, limit: 1_000_000, burst: 1_000_000 }, /below 10\^12/],
  ['a wrong parent', childOf({ ...GOOD, limit: 0 }), /limit is 0/],
  [
    'a parent of too long subjects',
    { ...GOOD, parent: { policy: GOOD, subjectPrefix: 'é'.repeat(129) } },
    /bytes of subjectPrefix is 258: it must be from 0 to 256/,
  ],
  ['five parents', childOf(childOf(childOf(childOf(childOf(GOOD))))), /parents is 5: it must be from 0 to 4/],
])('%s is refused, with the value', (_rule, policy, message) => {
  expect(() => validatePolicy(policy)).toThrow(message)
  expect(() => validatePolicy(policy)).toThrow(RangeError)
})

test('a policy that is its own parent is refused', () => {
  const policy: { -readonly [Key in keyof WindowPolicy]: WindowPolicy[Key] } = { ...GOOD }
  policy.parent = { policy, subjectPrefix: 'org:' }
  expect(() => validatePolicy(policy)).toThrow(/parents is 5/)
})

test('a policy is checked once', () => {
  let reads = 0
  const policy = {
    ...GOOD,
    get limit() {
      reads += 1
      return 100
    },
  }
  for (let times = 0; times < 3; times++) validatePolicy(policy)
  expect(reads).toBe(1)
})

const check = { policy: GOOD, subject: 'user' }
test.each([
  ['no check', [], /0 checks/],
  ['21 checks', Array.from({ length: 21 }, () => check), /21 checks: 1 to 20/],
  ['no subject', [{ ...check, subject: '' }], /subject has 0 bytes/],
  ['a subject of 257 bytes', [{ ...check, subject: `a${'é'.repeat(128)}` }], /257 bytes: 1 to 256/],
  ['a cost of nothing', [{ ...check, cost: 0 }], /cost is 0/],
  ['half a cost', [check, { ...check, cost: 0.5 }], /cost is 0.5/],
])('%s is invalid input', (_rule, checks, message) => {
  expect(() => validateChecks(checks)).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) }),
  )
})

test('20 checks of 256 bytes are good', () => {
  expect(() => validateChecks(Array.from({ length: 20 }, () => ({ ...check, subject: 'é'.repeat(128) })))).not.toThrow()
})
