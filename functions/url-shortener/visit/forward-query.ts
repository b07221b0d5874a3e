import { encodeQuery, MAX_URL_LENGTH } from '../visitor-query.ts'

/**
 * Appends the visitor's query to the target's own. The target stays unchanged, and the visitor's parameters that it
 * already has are dropped. If the result would be too long, it is the target alone.
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
    .map(encodeQuery)
    .join('&')
  if (added === '') return target
  const separator = !beforeFragment.includes('?') ? '?' : /[?&]$/.test(beforeFragment) ? '' : '&'
  const url = `${beforeFragment}${separator}${added}${fragment.join('')}`
  return url.length > MAX_URL_LENGTH ? target : url
}

/** Decodes the name of a parameter as the target's server does. */
function nameOf(parameter: string): string {
  return [...new URLSearchParams(parameter).keys()][0] ?? ''
}
