import { meetsPreconditions, type Preconditions } from '../preconditions.ts'
import type { HttpRequest } from './request.ts'
import { HttpProblem, type HttpResponse } from './response.ts'

/** Returns the strong entity tag (RFC 9110, section 8.8.3) of a version, which has letters, digits, `_` and `-`. */
export function etag(version: string): string {
  return `"${version}"`
}

/** An entity tag, and below a list of them, whose elements may be empty (RFC 9110, sections 5.6.1 and 8.8.3). */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const TAGS = new RegExp(`^[ \\t,]*${TAG}(?:[ \\t]*,[ \\t,]*${TAG})*[ \\t,]*$`)
const STRONG = /^"([\w-]+)"$/
const STRONG_OR_WEAK = /^(?:W\/)?"([\w-]+)"$/

/**
 * Parses `If-Match` and `If-None-Match` to preconditions, which a change checks in its write. `If-Match` compares
 * strongly: a weak tag never matches. `If-None-Match` compares weakly (RFC 9110, section 13.1).
 *
 * @throws HttpProblem 412 `precondition-failed` if no version can meet them, or if they can't be parsed: a client that
 * sends a condition doesn't want an unconditional change.
 */
export function preconditions({ headers }: Pick<HttpRequest, 'headers'>): Preconditions {
  return { ifMatch: requiredVersions(headers['if-match']), ifNoneMatch: refusedVersions(headers['if-none-match']) }
}

/**
 * Returns whether a change requires that the resource doesn't exist yet (`If-None-Match: *`), for one without an ETag.
 *
 * @throws HttpProblem 412 `precondition-failed` if `If-None-Match` can't be parsed.
 */
export function onlyIfAbsent({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  return refusedVersions(headers['if-none-match']) === '*'
}

/**
 * Applies a request's conditions to the response to a GET or HEAD, in the order of RFC 9110, section 13.2.2: 304 if the
 * client has the current version already. Responses without an ETag and refusals stay unchanged.
 *
 * @throws HttpProblem 412 `precondition-failed` if `If-Match` names another version.
 */
export function applyConditions({ method, headers }: HttpRequest, response: HttpResponse): HttpResponse {
  const version = STRONG.exec(response.headers?.etag ?? '')?.[1]
  const isRead = method === 'GET' || method === 'HEAD'
  if (version === undefined || !isRead || response.status !== 200) return response
  if (!meetsPreconditions({ ifMatch: requiredVersions(headers['if-match']) }, version)) throw stale()
  const known = versions(headers['if-none-match'], STRONG_OR_WEAK)
  // An unreadable condition costs a reader no more than the bytes that it wanted to save.
  if (known === 'unreadable' || meetsPreconditions({ ifNoneMatch: known }, version)) return response
  const { 'content-type': _, ...kept } = response.headers ?? {}
  return { status: 304, headers: kept }
}

export function stale(): HttpProblem {
  return new HttpProblem({
    status: 412,
    code: 'precondition-failed',
    detail:
      'If-Match or If-None-Match does not match the current version. Get the resource again, and send its new ETag.',
  })
}

/** Returns the versions in `If-Match`, one of which must be the current one; `*` for any. */
function requiredVersions(ifMatch: string | undefined): string[] | '*' | undefined {
  const asked = versions(ifMatch, STRONG)
  if (asked === '*' || asked === undefined) return asked
  if (asked === 'unreadable' || asked.length === 0) throw stale()
  return asked
}

/** Returns the versions in `If-None-Match`, none of which may be the current one. */
function refusedVersions(ifNoneMatch: string | undefined): string[] | '*' | undefined {
  const asked = versions(ifNoneMatch, STRONG_OR_WEAK)
  if (asked === 'unreadable') throw stale()
  return asked
}

/** Returns the versions that a header's tags name. A tag that is not in our format names none. */
function versions(header: string | undefined, form: RegExp): string[] | '*' | 'unreadable' | undefined {
  const value = header?.trim()
  if (value === undefined || value === '*') return value
  if (!TAGS.test(value)) return 'unreadable'
  return [...value.matchAll(new RegExp(TAG, 'g'))].flatMap(([tag]) => form.exec(tag)?.[1] ?? [])
}
