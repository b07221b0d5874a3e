import type { PolicyOfSubject } from '../../shared/rate-limit/counters/subject-state.ts'
import type { StoredPolicy } from '../domain/policy.ts'
import type { FindPolicy } from '../policy-book.ts'

/** Reads a page of a tenant's policies by name; `after` is the last name of the page before. */
export type ListNames = (
  query: { tenant: string; after: string | undefined; limit: number },
  signal: AbortSignal,
) => Promise<{ policies: readonly Pick<StoredPolicy, 'name'>[]; next?: string }>

export interface SubjectQuery {
  tenant: string
  subject: string
  /** @default all of the tenant */
  policy: string | undefined
  after: string | undefined
  limit: number
}

/** Finds the policy that was asked for, or a page of all that the tenant has, each as it holds for the subject. */
export type SubjectPolicies = (
  query: SubjectQuery,
  signal: AbortSignal,
) => Promise<{ found: PolicyOfSubject[]; next?: string } | 'unknown-policy'>

export function subjectPolicies({ find, list }: { find: FindPolicy; list: ListNames }): SubjectPolicies {
  return async ({ tenant, subject, policy, after, limit }, signal) => {
    const foundOf = async (name: string): Promise<PolicyOfSubject[]> => {
      const found = await find({ tenant, name, subject }, signal)
      return found ? [{ policy: found, subject }] : []
    }
    if (policy !== undefined) {
      const found = await foundOf(policy)
      return found.length === 0 ? 'unknown-policy' : { found }
    }
    const { policies, next } = await list({ tenant, after, limit }, signal)
    const found = (await Promise.all(policies.map(({ name }) => foundOf(name)))).flat()
    return { found, ...(next !== undefined && { next }) }
  }
}
