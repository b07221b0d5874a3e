import type {
  PolicyOfSubject,
  ReadSubjectStates,
  ResetSubject,
  SubjectState,
} from '../../shared/rate-limit/counters/subject-state.ts'
import type { SubjectPolicies } from './subject-policies.ts'

export type ReadState = (
  found: readonly PolicyOfSubject[],
  signal: AbortSignal,
) => Promise<({ policy: string; limit: number } & SubjectState)[]>

/** Says what a subject used of some policies. */
export function readState(read: ReadSubjectStates): ReadState {
  return async (found, signal) => {
    const states = await read(found, signal)
    return found.flatMap(({ policy: { name, limit } }, index) => {
      const state = states[index]
      return state ? [{ policy: name, limit, ...state }] : []
    })
  }
}

export type ResetState = (
  asked: { tenant: string; subject: string; policy: string | undefined },
  signal: AbortSignal,
) => Promise<'reset' | 'unknown-policy'>

/** Policies whose counters are reset at the same time. */
const PAGE = 25

/** Resets a subject under one policy, or under all that the tenant has. */
export function resetState({ policiesOf, reset }: { policiesOf: SubjectPolicies; reset: ResetSubject }): ResetState {
  return async (asked, signal) => {
    let after: string | undefined
    do {
      const page = await policiesOf({ ...asked, after, limit: PAGE }, signal)
      if (page === 'unknown-policy') return page
      await Promise.all(page.found.map((each) => reset(each, signal)))
      after = page.next
    } while (after !== undefined)
    return 'reset'
  }
}
