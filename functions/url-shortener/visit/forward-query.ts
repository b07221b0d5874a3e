import { encodeQuery, MAX_URL_LENGTH } from '../visitor-query.ts'

/**
 * Puts the visitor's query behind the target's own. Nothing of the target changes, and a parameter that it names
 * itself is left out of the visitor's. Where the result gets too long, it is the target alone.
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

/** Decodes the name of a parameter as the target's server will. */
function nameOf(parameter: string): string {
  return [...new URLSearchParams(parameter).keys()][0] ?? ''
}
