import {
  longestRetryMs,
  rateLimitFields,
  retryAfterField,
} from '../../../../functions/shared/rate-limit/http/rate-limit-fields.ts'
import { decided, decision, denial, POLICY } from '../support/decisions.ts'

const check = { policy: POLICY, subject: 'org:7' }

test('both fields are lists over the checks in order', () => {
  const daily = { policy: { ...POLICY, name: 'daily', windowMs: 86_400_000 }, subject: 'org:7' }
  const decisions = [decision(), decision({ policy: 'daily', limit: 5000, remaining: 0, resetMs: 3_600_000 })]
  expect(rateLimitFields([check, daily], decisions)).toEqual({
    'ratelimit-policy': '"writes";q=100;w=60, "daily";q=5000;w=86400',
    ratelimit: '"writes";r=42;t=18, "daily";r=0;t=3600',
  })
})

test('without checks there are no fields, as there are no empty lists', () => {
  expect(rateLimitFields([], [])).toEqual({})
})

test.each([
  [{ calendar: 'hour' }, ';w=3600'],
  [{ calendar: 'day' }, ';w=86400'],
  [{ calendar: 'month' }, ''],
  [{ windowMs: 1500 }, ';w=2'],
] as const)('a window of %j is told in whole seconds, if it has a fixed length', (window, parameter) => {
  const { windowMs: _, ...policy } = POLICY
  const fields = rateLimitFields([{ policy: { ...policy, ...window }, subject: 'org:7' }], [decision()])
  expect(fields['ratelimit-policy']).toBe(`"writes";q=100${parameter}`)
})

test('each window is that of its own check, and without a check there is none', () => {
  const short = { policy: { ...POLICY, windowMs: 1000 }, subject: 'org:7' }
  const fields = rateLimitFields([check, short], [decision(), decision(), decision({ policy: 'other' })])
  expect(fields['ratelimit-policy']).toBe('"writes";q=100;w=60, "writes";q=100;w=1, "other";q=100')
})

test('the same policy for two subjects is told once', () => {
  const fields = rateLimitFields([check, { ...check, subject: 'org:8' }], [decision(), decision({ remaining: 3 })])
  expect(fields).toEqual({
    'ratelimit-policy': '"writes";q=100;w=60',
    ratelimit: '"writes";r=42;t=18, "writes";r=3;t=18',
  })
})

test('numbers are whole, not negative, and of 15 digits at most', () => {
  const { ratelimit } = rateLimitFields([check], [decision({ remaining: 2.9, resetMs: -5 })])
  expect(ratelimit).toBe('"writes";r=2;t=0')
  expect(rateLimitFields([check], [decision({ remaining: 1e300 })]).ratelimit).toBe('"writes";r=999999999999999;t=18')
  expect(rateLimitFields([check], [decision({ remaining: -1 })]).ratelimit).toBe('"writes";r=0;t=18')
})

test('Retry-After is the longest of the denied, in whole seconds rounded up', () => {
  const answer = decided(denial(1001), denial(12_000), decision({ retryAfterMs: 99_000 }))
  expect(retryAfterField(answer)).toEqual({ 'retry-after': '12' })
  expect(retryAfterField(decided(denial(1001)))).toEqual({ 'retry-after': '2' })
  expect(longestRetryMs(answer)).toBe(12_000)
})

test('there is no Retry-After for what can never pass, nor for what passed', () => {
  expect(retryAfterField(decided(denial(1000), denial(null)))).toEqual({})
  expect(longestRetryMs(decided(denial(1000), denial(null)))).toBeNull()
  expect(retryAfterField(decided(decision()))).toEqual({})
  expect(longestRetryMs(decided(decision()))).toBe(0)
})
