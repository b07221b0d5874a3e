/** The longest URL that common servers take, in characters. */
const MAX_LENGTH = 8000

/**
 * A target with the visitor's query behind its own. Nothing of the target changes, and a parameter that it names
 * itself is left out of the visitor's. What gets too long is the target alone.
 *
 * @param query as it was sent, without the question mark.
 */
export function forwardQuery(target: string, query: string): string {
  if (query === '') return target
  const [beforeFragment = '', ...fragment] = target.split(/(?=#)/)
  const ownQuery = beforeFragment.split('?').slice(1).join('?')
  const ownNames = new Set(new URLSearchParams(ownQuery).keys())
  const added = query
    .split('&')
    .filter((parameter) => parameter !== '' && !ownNames.has(nameOf(parameter)))
    .map(asciiOnly)
    .join('&')
  if (added === '') return target
  const separator = !beforeFragment.includes('?') ? '?' : /[?&]$/.test(beforeFragment) ? '' : '&'
  const url = `${beforeFragment}${separator}${added}${fragment.join('')}`
  return url.length > MAX_LENGTH ? target : url
}

/** Decoded, as the target's server will read it. */
function nameOf(parameter: string): string {
  return [...new URLSearchParams(parameter).keys()][0] ?? ''
}

/** What a browser would have encoded: other characters don't belong into a header, and a `#` would end the query. */
function asciiOnly(parameter: string): string {
  return parameter.toWellFormed().replace(/[^!$-;=?-~]/gu, encodeURIComponent)
}
