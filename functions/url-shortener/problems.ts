import type { ProblemCode } from '../shared/errors.ts'
import type { HttpRequest } from '../shared/http/request.ts'
import { HttpProblem } from '../shared/http/response.ts'
import { isCode } from './domain/code.ts'

/** The codes of the shortener's own problems, beside the common ones (`PROBLEM_CODES`). */
export const LINK_PROBLEM_CODES = [
  'alias-reserved',
  'alias-taken',
  'blocked',
  'deleted',
  'exhausted',
  'expired',
  'invalid-url',
  'not-started',
  'wrong-password',
] as const

/** Every code that a client of the shortener can see. */
export type LinkProblemCode = ProblemCode | (typeof LINK_PROBLEM_CODES)[number]

/** The refusals of a link: the status, a title for pages, and a sentence for all clients. */
export const REFUSALS = {
  'not-found': [404, 'No such link', 'There is no link with this code.'],
  'not-started': [404, 'Not active yet', 'This link is not active yet.'],
  deleted: [410, 'Deleted', 'This link was deleted.'],
  blocked: [451, 'Blocked', 'This link is blocked.'],
  expired: [410, 'Expired', 'This link has expired.'],
  exhausted: [410, 'Visit limit reached', 'This link has reached its visit limit.'],
} as const satisfies Partial<Record<LinkProblemCode, readonly [status: number, title: string, detail: string]>>

export type RefusalCode = keyof typeof REFUSALS

/** Builds the problem of a link that does not redirect. */
export function refusal(code: RefusalCode): HttpProblem<LinkProblemCode> {
  const [status, , detail] = REFUSALS[code]
  return new HttpProblem<LinkProblemCode>({ status, code, detail })
}

/**
 * Reads the code in a request's path. A text that isn't a valid code has no link, whatever else is wrong with the
 * request.
 *
 * @throws HttpProblem 404 `not-found`.
 */
export function requestedCode({ params }: HttpRequest): string {
  if (params.code === undefined || !isCode(params.code)) throw refusal('not-found')
  return params.code
}
