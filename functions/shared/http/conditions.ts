import type { HttpRequest } from './request.ts'
import { HttpProblem } from './response.ts'

/** A strong entity tag (RFC 9110, section 8.8.3) of a version. */
export function etag(version: string): string {
  return `"${version}"`
}

/** A list of entity tags (RFC 9110, sections 5.6.1 and 8.8.3), whose elements may be empty. */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const TAGS = new RegExp(`^[ \\t,]*${TAG}(?:[ \\t]*,[ \\t,]*${TAG})*[ \\t,]*$`)

/**
 * The versions that `If-Match` asks for, of which one must be the present one; `undefined`: any will do, as for `*`. A
 * weak tag never matches (RFC 9110, section 13.1.1).
 *
 * @throws HttpProblem 412 `precondition-failed` where no tag can be that of a version of ours.
 */
export function ifMatch({ headers }: HttpRequest): string[] | undefined {
  const value = headers['if-match']?.trim()
  if (value === undefined || value === '*') return undefined
  if (!TAGS.test(value)) throw stale()
  const versions = [...value.matchAll(new RegExp(TAG, 'g'))].flatMap(([tag]) => /^"([\w-]+)"$/.exec(tag)?.[1] ?? [])
  if (versions.length === 0) throw stale()
  return versions
}

export function stale(): HttpProblem {
  return new HttpProblem({
    status: 412,
    code: 'precondition-failed',
    detail: 'It has changed since: get it again, and send its new ETag as If-Match.',
  })
}
