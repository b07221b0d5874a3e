/** Takes the place of what must not be logged. */
export const REDACTED = '[redacted]'

/** Names whose values are secrets where a text shows both, as in a form or in JSON. */
const SECRET_NAMES =
  'authorization|cookie|passw(?:or)?d|secret|token|credential|api[-_]?key|private[-_]?key|signature|phone'

/** A colon of an IPv6 address, also as a URL's query has it. */
const COLON = '(?::|%3A)'
const HEX = '[0-9a-f]'
const PART_OF_IPV4 = '(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)'

/** What is taken out of a text; what the first group of a pattern holds is kept. */
const PATTERNS: readonly RegExp[] = [
  // User and password of a URL.
  /(:\/\/)[^\s/?#]+(?=@)/g,
  // A URL's query, whatever its parameters are called, and a fragment that has parameters.
  /((?<=[\w/.~)\]}%-])(?:\?|%3F)(?![.:?)])|#(?=[\w.-]{1,64}=))[^\s"'<>]+/gi,
  // A value that is named, in a form or in JSON, which may be quoted itself.
  new RegExp(
    `((?:${SECRET_NAMES})[\\w.-]{0,32}(?:\\s?=\\s?|%3D|\\\\?"\\s*:\\s*))(?:\\\\?"(?:[^"\\\\]|\\\\[^"])+|[^\\s&#;,"'<>]+)`,
    'gi',
  ),
  // Credentials by their look: the header Authorization, a JWT, AWS's access keys, secret keys and session tokens.
  /(?:Bearer|Basic)(?:\s+|%20)[\w.~+/=%-]{8,}/gi,
  /(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}))eyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g,
  /(?:AKIA|ASIA)[A-Z0-9]{16}|(?:IQoJ|F[wQ]oG|AQo[DE])[\w+/=%-]{60,}/g,
  // A secret key has 40 characters of every kind, and doesn't begin as a path does.
  /(?<![\w+/=-])(?!\/)(?=[^A-Z]{0,39}[A-Z])(?=[^a-z]{0,39}[a-z])(?=\D{0,39}\d)[A-Za-z0-9+/]{40}(?![\w+/=-])/g,
  // An e-mail address, also as a URL has it.
  /[\w.!#$%&'*+/=?^`{|}~\p{L}\p{N}-]{1,64}(?:@|%(?:25)*40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu,
  // IPv4 comes before IPv6, which may end in it.
  new RegExp(`(?:(?<!\\d|\\d\\.)|(?<=%${HEX}{2}))(?:${PART_OF_IPV4}\\.){3}${PART_OF_IPV4}(?!\\.?\\d)`, 'gi'),
  // Six colons, or a double one, tell an IPv6 address from a time of day.
  new RegExp(
    `(?:(?<![\\w:])|(?<=%${HEX}{2}))(?=(?:${HEX}|${COLON}){0,48}${COLON}{2}|(?:${HEX}{1,4}${COLON}){6})` +
      `${HEX}{0,4}(?:${COLON}${HEX}{0,4}){2,}(?![0-9a-z]|\\.\\d)`,
    'gi',
  ),
]

/** Taking out a secret may leave another one that now stands alone. */
const MAX_PASSES = 4

/**
 * A text of an error or for a person, without the secrets that can be told by their look: credentials, the queries of
 * URLs, addresses of e-mail and of the Internet. What is longer than `maxLength` characters is cut.
 */
export function redactText(text: string, maxLength = 2000): string {
  let current = text.length > maxLength ? cut(text, maxLength) : text
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = current
    for (const pattern of PATTERNS) current = current.replace(pattern, withoutSecret)
    if (current === before) break
  }
  return current
}

/** Between two words: half of a secret has no look that it could be told by. */
function cut(text: string, maxLength: number): string {
  const start = text.slice(0, maxLength)
  return `${start.slice(0, Math.max(start.lastIndexOf(' '), start.lastIndexOf('\n')) + 1)}…`
}

/** `kept` is the first group, or where the pattern has none, the place of the match. */
function withoutSecret(_: string, kept: unknown): string {
  return (typeof kept === 'string' ? kept : '') + REDACTED
}
