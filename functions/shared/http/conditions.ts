import { meetsPreconditions, type Preconditions } from '../preconditions.ts'
import type { HttpRequest } from './request.ts'
import { HttpProblem, type HttpResponse } from './response.ts'

/** A strong entity tag (RFC 9110, section 8.8.3) of a version: letters, digits, `_` and `-`. */
export function etag(version: string): string {
  return `"${version}"`
}

/** A list of entity tags (RFC 9110, sections 5.6.1 and 8.8.3), whose elements may be empty. */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const TAGS = new RegExp(`^[ \\t,]*${TAG}(?:[ \\t]*,[ \\t,]*${TAG})*[ \\t,]*$`)
const STRONG = /^"([\w-]+)"$/
const STRONG_OR_WEAK = /^(?:W\/)?"([\w-]+)"$/

/**
 * Reads what `If-Match` and `If-None-Match` ask of the version that is there, for a change to check where it writes.
 * `If-Match` compares strongly: a weak tag never matches. `If-None-Match` compares weakly (RFC 9110, section 13.1).
 *
 * @throws HttpProblem 412 `precondition-failed` where no version can meet them, or where they can't be read: whoever
 * sends a condition doesn't want the change without it.
 */
export function preconditions({ headers }: Pick<HttpRequest, 'headers'>): Preconditions {
  return { ifMatch: requiredVersions(headers['if-match']), ifNoneMatch: refusedVersions(headers['if-none-match']) }
}

/**
 * Says whether a change is only to be made where nothing is there yet (`If-None-Match: *`), for what has no ETag.
 *
 * @throws HttpProblem 412 `precondition-failed` where `If-None-Match` can't be read.
 */
export function onlyIfAbsent({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  return refusedVersions(headers['if-none-match']) === '*'
}

/**
 * Applies a request's conditions to the answer of a GET or HEAD, in the order of RFC 9110, section 13.2.2: 304 where the
 * client has the current version already. Answers without an ETag, and refusals, are left as they are.
 *
 * @throws HttpProblem 412 `precondition-failed` where `If-Match` asks for another version.
 */
export function applyConditions({ method, headers }: HttpRequest, response: HttpResponse): HttpResponse {
  const version = STRONG.exec(response.headers?.etag ?? '')?.[1]
  const isRead = method === 'GET' || method === 'HEAD'
  if (version === undefined || !isRead || response.status !== 200) return response
  if (!meetsPreconditions({ ifMatch: requiredVersions(headers['if-match']) }, version)) throw stale()
  const known = versions(headers['if-none-match'], STRONG_OR_WEAK)
  // A condition that can't be read costs a reader no more than the bytes that it wanted to save.
  if (known === 'unreadable' || meetsPreconditions({ ifNoneMatch: known }, version)) return response
  const { 'content-type': _, ...kept } = response.headers ?? {}
  return { status: 304, headers: kept }
}

export function stale(): HttpProblem {
  return new HttpProblem({
    status: 412,
    code: 'precondition-failed',
    detail: 'If-Match or If-None-Match does not hold for the current version: get it again, and send its new ETag.',
  })
}

/** The versions of `If-Match`. Without it, and for `*`, any will do: what it is about is there. */
function requiredVersions(ifMatch: string | undefined): string[] | undefined {
  const asked = versions(ifMatch, STRONG)
  if (asked === '*' || asked === undefined) return undefined
  if (asked === 'unreadable' || asked.length === 0) throw stale()
  return asked
}

/** The versions of `If-None-Match`, which the current one must not be. */
function refusedVersions(ifNoneMatch: string | undefined): string[] | '*' | undefined {
  const asked = versions(ifNoneMatch, STRONG_OR_WEAK)
  if (asked === 'unreadable') throw stale()
  return asked
}

/** The versions that a header's tags may be of: a tag that is not of our form is no version's. */
function versions(header: string | undefined, form: RegExp): string[] | '*' | 'unreadable' | undefined {
  const value = header?.trim()
  if (value === undefined || value === '*') return value
  if (!TAGS.test(value)) return 'unreadable'
  return [...value.matchAll(new RegExp(TAG, 'g'))].flatMap(([tag]) => form.exec(tag)?.[1] ?? [])
}
