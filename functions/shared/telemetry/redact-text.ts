/** The replacement for text that must not be logged. */
export const REDACTED = '[redacted]'

/** Names whose values are secrets, if a text contains both, as a form or JSON does. */
const SECRET_NAMES =
  'authorization|cookie|passw(?:or)?d|secret|token|credential|api[-_]?key|private[-_]?key|signature|phone'

/** A colon of an IPv6 address, perhaps percent-encoded. */
const COLON = '(?::|%3A)'
const HEX = '[0-9a-f]'
const PART_OF_IPV4 = '(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)'

/** Patterns of text to redact; the first group of a match is kept. */
const PATTERNS: readonly RegExp[] = [
  // User and password in a URL.
  /(:\/\/)[^\s/?#]+(?=@)/g,
  // A URL's query, whatever its parameters' names, and a fragment that has parameters.
  /((?<=[\w/.~)\]}%-])(?:\?|%3F)(?![.:?)])|#(?=[\w.-]{1,64}=))[^\s"'<>]+/gi,
  // A named value, in a form or in JSON, which may itself be quoted.
  new RegExp(
    `((?:${SECRET_NAMES})[\\w.-]{0,32}(?:\\s?=\\s?|%3D|\\\\?"\\s*:\\s*))(?:\\\\?"(?:[^"\\\\]|\\\\[^"])+|[^\\s&#;,"'<>]+)`,
    'gi',
  ),
  // Credentials by their format: the header Authorization, a JWT, AWS's access keys, secret keys and session tokens.
  /(?:Bearer|Basic)(?:\s+|%20)[\w.~+/=%-]{8,}/gi,
  /(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}))eyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g,
  /(?:AKIA|ASIA)[A-Z0-9]{16}|(?:IQoJ|F[wQ]oG|AQo[DE])[\w+/=%-]{60,}/g,
  // A secret key has 40 characters of every kind, and doesn't start like a path.
  /(?<![\w+/=-])(?!\/)(?=[^A-Z]{0,39}[A-Z])(?=[^a-z]{0,39}[a-z])(?=\D{0,39}\d)[A-Za-z0-9+/]{40}(?![\w+/=-])/g,
  // An e-mail address, perhaps percent-encoded.
  /[\w.!#$%&'*+/=?^`{|}~\p{L}\p{N}-]{1,64}(?:@|%(?:25)*40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu,
  // IPv4 comes before IPv6, which may end in an IPv4 address.
  new RegExp(`(?:(?<!\\d|\\d\\.)|(?<=%${HEX}{2}))(?:${PART_OF_IPV4}\\.){3}${PART_OF_IPV4}(?!\\.?\\d)`, 'gi'),
  // Six colons, or a double one, distinguish an IPv6 address from a time of day.
  new RegExp(
    `(?:(?<![\\w:])|(?<=%${HEX}{2}))(?=(?:${HEX}|${COLON}){0,48}${COLON}{2}|(?:${HEX}{1,4}${COLON}){6})` +
      `${HEX}{0,4}(?:${COLON}${HEX}{0,4}){2,}(?![0-9a-z]|\\.\\d)`,
    'gi',
  ),
]

/**
 * Matches messages of the code itself, which hold no secret: every pattern needs a capital, a digit, a sign, or the name
 * of a scheme. Without this, the first line of a log would compile all patterns, which takes a twentieth of a cold start.
 */
const PLAIN = /^(?!.*(?:bearer|basic))[a-z -]{0,80}$/

/** The number of passes, because redacting one secret may expose another one. */
const MAX_PASSES = 4

/**
 * Redacts secrets that have a recognisable format: credentials, the queries of URLs, e-mail addresses and IP addresses.
 * A text of more than `maxLength` characters is truncated.
 */
export function redactText(text: string, maxLength = 2000): string {
  if (PLAIN.test(text)) return text
  let current = text.length > maxLength ? cut(text, maxLength) : text
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = current
    for (const pattern of PATTERNS) current = current.replace(pattern, withoutSecret)
    if (current === before) break
  }
  return current
}

/** Truncates between two words, because half a secret would not be recognised. */
function cut(text: string, maxLength: number): string {
  const start = text.slice(0, maxLength)
  return `${start.slice(0, Math.max(start.lastIndexOf(' '), start.lastIndexOf('\n')) + 1)}…`
}

/** Replaces a match. `kept` is the first group or, if the pattern has none, the offset of the match. */
function withoutSecret(_: string, kept: unknown): string {
  return (typeof kept === 'string' ? kept : '') + REDACTED
}
