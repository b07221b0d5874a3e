import { invalidInput } from './invalid-input.ts'
import type { HttpRequest } from './request.ts'

// API Gateway joins what is given several times by commas (payload format 2.0), so that it can't be told any more from
// one value with a comma: neither `queryStringParameters` nor a header of one value is read but by these.

const GIVEN_TWICE = 'must be given once'

/**
 * Reads a query as it was sent, or a form, in which each name may be given once.
 *
 * @throws HttpProblem 422 `invalid-input` with each name that is given more often.
 */
export function singleValues(encoded: string): Record<string, string> {
  const entries = [...new URLSearchParams(encoded)]
  const names = entries.map(([name]) => name)
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  if (repeated.size > 0) throw invalidInput([...repeated].map((path) => ({ path, message: GIVEN_TWICE })))
  return Object.fromEntries(entries)
}

/** Texts between quotes, in which a comma or semicolon separates nothing (RFC 9110, section 5.6.4). */
export const QUOTED_STRING = /"(?:[^"\\]|\\.)*"/g

/**
 * Reads a header that takes one value. A comma outside of quotes says that it was given twice (RFC 9110, section 5.5):
 * a value that has one of its own needs the quotes.
 *
 * @param name in lower case.
 * @throws HttpProblem 422 `invalid-input` with the header's name.
 */
export function singleHeader({ headers }: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  if (value?.replace(QUOTED_STRING, '').includes(',')) throw invalidInput([{ path: name, message: GIVEN_TWICE }])
  return value
}
