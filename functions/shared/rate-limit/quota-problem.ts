import type { Problem } from '../http/response.ts'
import { longestRetryMs, retryAfterField } from './http/rate-limit-fields.ts'
import type { Decided } from './policy.ts'

/** The answer to a request that was denied: 429, with the names of the policies that denied it. */
export function quotaProblem(decided: Decided): Problem {
  const denied = decided.decisions.filter(({ allowed }) => !allowed)
  const violated = [...new Set(denied.map(({ policy }) => policy))]
  const names = violated.join(', ')
  const canPass = longestRetryMs(decided) !== null
  const reason = denied.some(({ degraded }) => degraded)
    ? `${names} can't be checked right now`
    : `Too much for ${names}`
  return {
    status: 429,
    code: 'rate-limited',
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    detail: `${reason}: ${canPass ? 'try again later' : 'this can never pass'}.`,
    members: { 'violated-policies': violated },
    headers: retryAfterField(decided),
  }
}
