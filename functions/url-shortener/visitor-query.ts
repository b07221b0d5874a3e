/** The longest URL that common servers accept, in characters. */
export const MAX_URL_LENGTH = 8000

/**
 * Encodes a visitor's query as a browser does, because API Gateway passes it on as it was sent: other characters are
 * invalid in a header, and a `#` would end the query.
 *
 * @param query as it was sent, without the question mark.
 */
export function encodeQuery(query: string): string {
  return query.toWellFormed().replace(/[^!$-;=?-~]/gu, encodeURIComponent)
}

/**
 * Appends a visitor's query to a URL of this service that has none, so that it is not lost on the way to a link's
 * target. A query that makes the URL too long is dropped, as it is for the target.
 *
 * @param query as it was sent, without the question mark.
 */
export function withQuery(url: string, query: string): string {
  if (query === '') return url
  const whole = `${url}?${encodeQuery(query)}`
  return whole.length > MAX_URL_LENGTH ? url : whole
}
