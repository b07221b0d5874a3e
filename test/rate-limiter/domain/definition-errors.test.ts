import * as fc from 'fast-check'
import { toWindowPolicy } from '../../../functions/rate-limiter/domain/counted-policy.ts'
import { definitionErrors, overrideErrors } from '../../../functions/rate-limiter/domain/definition-errors.ts'
import type { PolicyDefinition } from '../../../functions/rate-limiter/domain/policy.ts'
import { validatePolicy } from '../../../functions/shared/rate-limit/policies/validate-policy.ts'
import { aDefinition, aPolicy, windowDefinitions } from '../a-policy.ts'

const pathsOf = (definition: PolicyDefinition) => definitionErrors(definition).map(({ path }) => path)
const PARENT = { policy: 'all', subjectPrefix: 'org:' }

/** @proves rate-limiter/shards-bounded */
test.each<[string, Partial<PolicyDefinition>, string]>([
  ['a window and a calendar', { windowMs: 1000, calendar: 'hour' }, 'windowMs'],
  ['a bucket by the calendar', { algorithm: 'token-bucket', calendar: 'day' }, 'calendar'],
  ['a burst of what is no bucket', { burst: 5 }, 'burst'],
  ['a bucket that cannot be counted exactly', { algorithm: 'token-bucket', limit: 1e6, burst: 1e6 }, 'burst'],
  ['a bucket whose limit alone is too large', { algorithm: 'token-bucket', limit: 1e6 }, 'burst'],
  ['slots with a window', { algorithm: 'concurrency', windowMs: 1000 }, 'windowMs'],
  ['slots by the calendar', { algorithm: 'concurrency', calendar: 'day' }, 'calendar'],
  ['slots with a block', { algorithm: 'concurrency', blockMs: 1 }, 'blockMs'],
  ['slots with a parent', { algorithm: 'concurrency', parent: PARENT }, 'parent'],
  ['slots with shards', { algorithm: 'concurrency', shards: 1 }, 'shards'],
  ['more than 500 slots', { algorithm: 'concurrency', limit: 501 }, 'limit'],
  ['shards of less than a hundred', { limit: 199, shards: 2 }, 'shards'],
  ['shards with a parent', { limit: 200, shards: 2, parent: PARENT }, 'shards'],
  ['a star within a pattern', { allow: ['fine', 'a*b'] }, 'allow[1]'],
  ['a network that is none', { deny: ['10.0.0.0/33'] }, 'deny[0]'],
  [
    'more patterns than an event holds',
    { allow: Array.from({ length: 90 }, (_, i) => `${'x'.repeat(250)}${i}`) },
    'allow',
  ],
])('%s is refused by its field', (_, fields, path) => {
  expect(pathsOf(aDefinition(fields))).toEqual([path])
})

test('without a window there is none', () => {
  const { windowMs: _, ...definition } = aDefinition()
  expect(pathsOf(definition)).toEqual(['windowMs'])
})

test.each<[string, Partial<PolicyDefinition>]>([
  ['a fixed window', {}],
  ['a month', { calendar: 'month' }],
  ['a bucket that is just exact', { algorithm: 'token-bucket', limit: 999_999, burst: 1_000_000 }],
  ['500 slots', { algorithm: 'concurrency', limit: 500 }],
  ['two shards of a hundred', { limit: 200, shards: 2 }],
  ['one shard with a parent', { shards: 1, parent: PARENT }],
  ['patterns of all kinds', { allow: ['user:1', 'user:*', '10.0.0.0/8', '2001:db8::/32', '*'] }],
])('%s is good', (_, fields) => {
  expect(pathsOf(aDefinition(fields))).toEqual([])
})

test('the core takes every definition that is good here', () => {
  void fc.assert(
    fc.property(windowDefinitions, (definition) => {
      const stored = aPolicy({}, { definition })
      expect(() => validatePolicy(toWindowPolicy(stored as never, undefined, undefined))).not.toThrow()
    }),
  )
})

test.each<[string, Parameters<typeof overrideErrors>, string[]]>([
  ['a burst under a fixed window', [aDefinition(), { limit: 5, burst: 5 }], ['burst']],
  ['more than 500 slots', [aDefinition({ algorithm: 'concurrency' }), { limit: 501 }], ['limit']],
  ['a bucket that is too large', [aDefinition({ algorithm: 'token-bucket' }), { limit: 1e6, burst: 1e6 }], ['burst']],
  ['a limit that is too small for the shards', [aDefinition({ limit: 800, shards: 8 }), { limit: 1 }], []],
])('a subject’s own limit: %s', (_, [definition, own], paths) => {
  expect(overrideErrors(definition, own).map(({ path }) => path)).toEqual(paths)
})
