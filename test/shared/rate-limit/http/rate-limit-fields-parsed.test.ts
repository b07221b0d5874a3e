import fc from 'fast-check'
import { parseList } from 'structured-headers'
import { rateLimitFields } from '../../../../functions/shared/rate-limit/http/rate-limit-fields.ts'
import { validateChecks } from '../../../../functions/shared/rate-limit/policies/validate-policy.ts'
import { decision, POLICY } from '../support/decisions.ts'

// A parser that is not ours shows what clients read.

/** Names and parameters of a list of strings. */
function read(field: string | undefined) {
  return parseList(field ?? '').map(([name, parameters]) => [name, Object.fromEntries(parameters)])
}

const name = fc.stringMatching(/^[\w.~:@-]{1,128}$/)
const amount = fc.nat(999_999_999_999_999)
const decisions = fc.array(
  fc.record({ policy: name, limit: amount, remaining: amount, resetMs: fc.nat(2_678_400_000) }),
  { minLength: 1, maxLength: 5 },
)

test('any policies and numbers are read back by a parser of RFC 9651', () => {
  fc.assert(
    fc.property(decisions, (list) => {
      const checks = list.map(({ policy: name }) => ({ policy: { ...POLICY, name }, subject: 'org:7' }))
      validateChecks(checks)
      const fields = rateLimitFields(checks, list.map(decision))
      const policies = list.map(({ policy, limit }) => [policy, { q: limit, w: 60 }])
      const states = list.map(({ policy, remaining, resetMs }) => [
        policy,
        { r: remaining, t: Math.ceil(resetMs / 1000) },
      ])
      const once = (items: unknown[]) =>
        [...new Set(items.map((item) => JSON.stringify(item)))].map((json) => JSON.parse(json))
      expect(read(fields['ratelimit-policy'])).toEqual(once(policies))
      expect(read(fields.ratelimit)).toEqual(once(states))
    }),
  )
})
