import { type Answer, apiOf, problemOf } from '../shared/api.ts'

export const STACK = 'RateLimiter'

/** The user of this page, who may do everything with the policies of their tenant. */
export const limits = apiOf(STACK, { sub: 'console', tenant: 'console', scope: 'limits:check limits:admin' })

export const ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const
export const MODES = ['enforce', 'shadow', 'off'] as const

export interface Policy {
  name: string
  algorithm: string
  limit: number
  windowMs?: number | null
  burst?: number | null
  blockMs?: number | null
  mode: string
  onError: string
}

/** @throws Error with the reason for a refusal. */
export async function required(answer: Promise<Answer>): Promise<Answer> {
  const given = await answer
  if (!given.ok) throw new Error(problemOf(given))
  return given
}

export async function listPolicies(): Promise<Policy[]> {
  return (await required(limits.call({ path: '/v1/policies', isListed: false }))).json.items
}

/** Creates a policy, or puts another one in its place. */
export async function putPolicy(name: string, fields: object): Promise<void> {
  await required(limits.call({ method: 'PUT', path: `/v1/policies/${encodeURIComponent(name)}`, body: fields }))
}

export async function deletePolicy(name: string): Promise<void> {
  await required(limits.call({ method: 'DELETE', path: `/v1/policies/${encodeURIComponent(name)}` }))
}

/** Asks for one decision, and says what it was. */
export async function checkOnce(policy: string): Promise<string> {
  const body = { checks: [{ policy, subject: 'user:console' }] }
  const [decision] = (await required(limits.call({ method: 'POST', path: '/v1/check', body }))).json.decisions
  const { allowed, remaining, limit, retryAfterMs, wouldDeny } = decision
  if (!allowed) return `${policy} denies it; it may pass in ${Math.ceil((retryAfterMs ?? 0) / 1000)} s.`
  return `${policy} admits it: ${remaining} of ${limit} are left${wouldDeny ? ', and it would be denied if enforced' : ''}.`
}
