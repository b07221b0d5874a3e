import type { Problem } from '../../http/response.ts'
import type { Check, Decision, WindowPolicy } from '../policy.ts'

/** The parts of decisions that the answer to a denied request is made of. */
export interface Denial {
  readonly decisions: readonly Pick<Decision, 'policy' | 'allowed' | 'retryAfterMs' | 'degraded'>[]
}

/** Builds the problem of a denied request: 429, with the names of the policies that denied it. */
export function quotaProblem(decided: Denial): Problem {
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

/**
 * Builds the fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), lists over all checks
 * in their order. Without checks there are no fields, because fields have no empty lists.
 *
 * @param checks the decided checks in the same order, for the lengths of their windows.
 */
export function rateLimitFields(checks: readonly Check[], decisions: readonly Decision[]): Record<string, string> {
  if (decisions.length === 0) return {}
  const policies = decisions.map(({ policy, limit }, index) => {
    const window = windowSeconds(checks[index]?.policy)
    return item(policy, { q: limit, ...(window !== undefined && { w: window }) })
  })
  const states = decisions.map(({ policy, remaining, resetMs }) => item(policy, { r: remaining, t: seconds(resetMs) }))
  return { 'ratelimit-policy': list(policies), ratelimit: list(states) }
}

/**
 * Builds the `Retry-After` of a denied request, in whole seconds rounded up: the longest wait of the denied checks. There
 * is none when one of them can never pass, nor when all passed.
 */
export function retryAfterField(decided: Denial): Record<string, string> {
  const ms = longestRetryMs(decided)
  return decided.decisions.every(({ allowed }) => allowed) || ms === null ? {} : { 'retry-after': String(seconds(ms)) }
}

/** Returns the shortest wait from now in milliseconds: 0 when all passed, `null` when one can never pass. */
export function longestRetryMs({ decisions }: Denial): number | null {
  const waits = decisions.filter(({ allowed }) => !allowed).map(({ retryAfterMs }) => retryAfterMs)
  return waits.includes(null) ? null : Math.max(0, ...waits.map(Number))
}

/** A month has no fixed length. */
const CALENDAR_SECONDS = { hour: 3600, day: 86_400, month: undefined }

function windowSeconds(policy: WindowPolicy | undefined): number | undefined {
  if (policy?.calendar) return CALENDAR_SECONDS[policy.calendar]
  return policy?.windowMs === undefined ? undefined : seconds(policy.windowMs)
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000)
}

/** Joins items, each once: the same policy for two subjects is one policy. */
function list(items: string[]): string {
  return [...new Set(items)].join(', ')
}

/** RFC 9651, section 4.1.4: an integer has 15 digits. */
const MAX_INTEGER = 999_999_999_999_999

/** Writes an item. A policy's name has no character that a string would have to escape. */
function item(name: string, parameters: Record<string, number>): string {
  const rest = Object.entries(parameters).map(([key, value]) => `;${key}=${integer(value)}`)
  return `"${name}"${rest.join('')}`
}

function integer(value: number): number {
  return Math.min(Math.max(Math.floor(value), 0), MAX_INTEGER)
}
