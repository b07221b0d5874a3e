import type { ProblemCode } from '../shared/errors.ts'
import { type FieldError, HttpProblem } from '../shared/http/response.ts'

/** The codes of the limiter's own problems, beside the common ones (`PROBLEM_CODES`). */
export const LIMITER_PROBLEM_CODES = [
  'not-composable',
  'policy-in-use',
  'too-many-overrides',
  'unknown-policy',
] as const

/** Every code that a client of the limiter can see. */
export type LimiterProblemCode = ProblemCode | (typeof LIMITER_PROBLEM_CODES)[number]

/** Builds the problem of a request that names a policy that the tenant doesn't have. */
export function unknownPolicy(paths: readonly string[]): HttpProblem<LimiterProblemCode> {
  const errors: FieldError[] = paths.map((path) => ({ path, message: 'names no policy of this tenant' }))
  const detail = `There is no policy with the name in ${paths.join(', ')}.`
  return new HttpProblem<LimiterProblemCode>({ status: 422, code: 'unknown-policy', detail, errors })
}

export function noSuchPolicy(): HttpProblem<LimiterProblemCode> {
  return new HttpProblem<LimiterProblemCode>({
    status: 404,
    code: 'not-found',
    detail: 'There is no policy with this name.',
  })
}
