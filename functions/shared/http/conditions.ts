import type { HttpRequest } from './request.ts'
import { HttpProblem } from './response.ts'

/** A strong entity tag (RFC 9110, section 8.8.3) of a version. */
export function etag(version: string): string {
  return `"${version}"`
}

/**
 * The version that `If-Match` asks for; `undefined`: any will do, as for `*`. A weak tag never matches (RFC 9110,
 * section 13.1.1). A list of tags is refused, though one may match: our clients know one version.
 *
 * @throws HttpProblem 412 `precondition-failed` for a tag that no version of ours can have.
 */
export function ifMatch({ headers }: HttpRequest): string | undefined {
  const value = headers['if-match']?.trim()
  if (value === undefined || value === '*') return undefined
  const tag = /^"([\w-]+)"$/.exec(value)?.[1]
  if (tag === undefined) throw stale()
  return tag
}

export function stale(): HttpProblem {
  return new HttpProblem({
    status: 412,
    code: 'precondition-failed',
    detail: 'It has changed since: get it again, and send its new ETag as If-Match.',
  })
}
