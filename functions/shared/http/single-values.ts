import { invalidInput } from './invalid-input.ts'
import type { HttpRequest } from './request.ts'

// API Gateway joins repeated values by commas (payload format 2.0), which can't be distinguished from one value with a
// comma: read query parameters, and headers that take one value, by these functions only.

const GIVEN_TWICE = 'must be given once'

/**
 * Parses a query as it was sent, or a form, in which each name may occur once.
 *
 * @throws HttpProblem 422 `invalid-input` with each name that is repeated.
 */
export function singleValues(encoded: string): Record<string, string> {
  const entries = [...new URLSearchParams(encoded)]
  const names = entries.map(([name]) => name)
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  if (repeated.size > 0) throw invalidInput([...repeated].map((path) => ({ path, message: GIVEN_TWICE })))
  return Object.fromEntries(entries)
}

/** Quoted strings, in which commas and semicolons are no separators (RFC 9110, section 5.6.4). */
export const QUOTED_STRING = /"(?:[^"\\]|\\.)*"/g

/**
 * Reads a header that takes one value. A comma outside quotes means that it was sent twice (RFC 9110, section 5.5): a
 * value that contains a comma needs quotes.
 *
 * @param name the header's name in lower case.
 * @throws HttpProblem 422 `invalid-input` with the header's name.
 */
export function singleHeader({ headers }: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  if (value?.replace(QUOTED_STRING, '').includes(',')) throw invalidInput([{ path: name, message: GIVEN_TWICE }])
  return value
}
