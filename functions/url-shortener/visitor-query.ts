/** The longest URL that common servers take, in characters. */
export const MAX_URL_LENGTH = 8000

/**
 * Encodes a visitor's query as a browser would have. API Gateway hands on what it was sent: other characters don't
 * belong into a header, and a `#` would end the query.
 *
 * @param query as it was sent, without the question mark.
 */
export function encodeQuery(query: string): string {
  return query.toWellFormed().replace(/[^!$-;=?-~]/gu, encodeURIComponent)
}

/**
 * Puts a visitor's query behind a URL of this service that has none, so that it is not lost on the way to a link's
 * target. A query with which the URL gets too long is left out, as it is at the target.
 *
 * @param query as it was sent, without the question mark.
 */
export function withQuery(url: string, query: string): string {
  if (query === '') return url
  const whole = `${url}?${encodeQuery(query)}`
  return whole.length > MAX_URL_LENGTH ? url : whole
}
