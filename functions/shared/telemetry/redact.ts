/** What takes the place of a value that must not be logged. */
export const REDACTED = '[redacted]'

/** Names whose values are never logged, in any spelling (`setCookie`, `set-cookie`, `SET_COOKIE`). */
const NAMES =
  'authorization|cookie|passw(?:or)?d|secret|token|credential|api[-_]?key|private[-_]?key|signature|email|phone|source[-_]?ip|ip[-_]?address|client[-_]?ip|forwarded[-_]?for'
const SECRET_NAME = new RegExp(NAMES)

/** A colon of an IPv6 address, also as a URL's query has it. */
const COLON = '(?::|%3A)'
const HEX = '[0-9a-f]'
const PART_OF_IPV4 = '(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)'

/**
 * What is never logged, wherever in a text it stands; what a first group holds is kept. An IPv6 address is told from a
 * time of day by six colons, or a double one. IPv4 comes before IPv6, which may end in it.
 */
const SECRET_TEXTS: readonly RegExp[] = [
  new RegExp(`((?:${NAMES})[\\w.-]{0,32}(?:=|%3D))[^\\s&#;,"'<>]+`, 'gi'), // in a query or a form
  new RegExp(`((?:${NAMES})[\\w.-]{0,32}\\\\?"\\s*:\\s*\\\\?")(?:[^"\\\\]|\\\\[^"])+`, 'gi'), // in JSON
  /(:\/\/)[^\s/?#@]+(?=@)/g, // user and password of a URL
  /(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}))eyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g, // a JWT, signed or encrypted
  /(?:Bearer|Basic)(?:\s+|%20)[\w.~+/=-]{8,}/gi,
  /(?:AKIA|ASIA)[A-Z0-9]{16}/g, // an AWS access key
  /[\w.!#$%&'*+/=?^`{|}~\p{L}\p{N}-]{1,64}(?:@|%(?:25)*40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu, // an address of e-mail
  new RegExp(`(?:(?<!\\d|\\d\\.)|(?<=%${HEX}{2}))(?:${PART_OF_IPV4}\\.){3}${PART_OF_IPV4}(?!\\.?\\d)`, 'gi'),
  new RegExp(
    `(?:(?<![\\w:])|(?<=%${HEX}{2}))(?=(?:${HEX}|${COLON}){0,48}${COLON}{2}|(?:${HEX}{1,4}${COLON}){6})` +
      `${HEX}{0,4}(?:${COLON}${HEX}{0,4}){2,}(?![0-9a-z]|\\.\\d)`,
    'gi',
  ),
]

/** A line nests far less; what does more may be made to hurt. */
const MAX_DEPTH = 16
const MAX_PASSES = 4

/**
 * A copy without what must not be logged: values by their name, texts by their look. Deep, and safe with cycles; JSON
 * can hold all of it. Functions are left out (`toJSON` would be called), bytes are counted.
 */
export function redact(value: unknown): unknown {
  return redactValue(value, new Set())
}

/** What is next to a secret may turn out to be one once it stands alone, so it is looked at again. */
export function redactText(text: string): string {
  return isPlain(text) ? text : redactByPatterns(text)
}

/** What `redactText` does where it can't be sure at a glance. */
export function redactByPatterns(text: string): string {
  let current = text
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = current
    for (const pattern of SECRET_TEXTS) current = current.replace(pattern, withoutSecret)
    if (current === before) break
  }
  return current
}

const KEYWORD = /eyJ|AKIA|ASIA|Bearer|Basic/i

/**
 * Whether no pattern can match, told at a hundredth of the cost: nearly all that is logged are ids, names and times.
 * An IPv4 address has three dots, an IPv6 address a double colon or six, and every other secret a character or a
 * keyword that is looked for here. A property test compares it with the patterns.
 */
export function isPlain(text: string): boolean {
  let dots = 0
  let colons = 0
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index)
    if (char > 0x7e || char === AT || char === PERCENT || char === EQUALS || char === QUOTE) return false
    if (char === DOT && ++dots > 2) return false
    if (char === COLON_SIGN && (++colons > 5 || text.charCodeAt(index + 1) === COLON_SIGN)) return false
  }
  return !KEYWORD.test(text)
}

const [AT, PERCENT, EQUALS, QUOTE, DOT, COLON_SIGN] = [0x40, 0x25, 0x3d, 0x22, 0x2e, 0x3a]

/** `kept` is the pattern's first group, or no text where it has none. */
function withoutSecret(_: string, kept: unknown): string {
  return (typeof kept === 'string' ? kept : '') + REDACTED
}

function redactValue(value: unknown, ancestors: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return new Date(value).toJSON()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (ancestors.has(value)) return '[circular]'
  if (ancestors.size === MAX_DEPTH) return '[too deep]'
  ancestors.add(value)
  const copy = Array.isArray(value)
    ? value.map((item) => redactValue(item, ancestors))
    : Object.fromEntries(
        entriesOf(value).map(([name, item]) => [
          redactText(name),
          isSecretName(name) ? REDACTED : redactValue(item, ancestors),
        ]),
      )
  ancestors.delete(value)
  return copy
}

/** Maps and headers have entries of their own; an object's are its enumerable properties. */
function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map || isHeaders(value)) return [...value.entries()].map(([k, v]) => [nameOf(k), v])
  if (value instanceof Set) return [...value].map((item, index) => [String(index), item])
  if (value instanceof URL) return [['href', value.href]]
  return Object.entries(value)
}

/** By its tag: to name the class would load Node's `fetch`, which costs 30 ms of a cold start. */
function isHeaders(value: object): value is Headers {
  return Object.prototype.toString.call(value) === '[object Headers]'
}

/** An object may refuse to become a text, so it is not asked. */
function nameOf(key: unknown): string {
  return typeof key === 'object' && key !== null ? '[object]' : String(key)
}

/** Whether what bears this name is never logged. */
export function isSecretName(name: string): boolean {
  const known = judgedNames.get(name)
  if (known !== undefined) return known
  const isSecret = SECRET_NAME.test(name.toLowerCase().replace(/[^a-z]/g, ''))
  if (judgedNames.size < MAX_JUDGED) judgedNames.set(name, isSecret)
  return isSecret
}

/** Lines have the same few names again and again. */
const judgedNames = new Map<string, boolean>()
const MAX_JUDGED = 500
