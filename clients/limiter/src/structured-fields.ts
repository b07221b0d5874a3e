/** A bare item of RFC 9651, section 3.3, as its text without delimiters and escapes. */
export interface BareItem {
  type: 'string' | 'integer' | 'decimal' | 'token' | 'bytes' | 'boolean' | 'date' | 'display-string'
  text: string
}

/** A member of a list. An inner list has no value here: no field that is read here has one. */
export interface ListMember {
  value: BareItem | undefined
  parameters: Map<string, BareItem>
}

/** Each type begins with another character, but integers and decimals, which exclude each other by what follows. */
const BARE_ITEMS: readonly [BareItem['type'], RegExp][] = [
  ['string', /"((?:[ !#-[\]-~]|\\["\\])*)"/y],
  ['integer', /(-?\d{1,15})(?![\d.])/y],
  ['decimal', /(-?\d{1,12}\.\d{1,3})(?!\d)/y],
  ['token', /([A-Za-z*][\w!#$%&'*+\-.^`|~:/]*)/y],
  ['bytes', /:([A-Za-z0-9+/=]*):/y],
  ['boolean', /\?([01])/y],
  ['date', /@(-?\d{1,15})(?![\d.])/y],
  ['display-string', /%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"/y],
]

const TRUE: BareItem = { type: 'boolean', text: '1' }

/**
 * Parses a List of Structured Fields (RFC 9651, section 4.2.1).
 *
 * @returns `undefined` when the text is no list: a field that fails to parse is ignored as a whole.
 */
export function parseList(text: string): ListMember[] | undefined {
  const reader = createReader(text)
  const members: ListMember[] = []
  reader.take(/ */y)
  while (!reader.isAtEnd()) {
    const member = readMember(reader)
    if (member === undefined) return undefined
    members.push(member)
    reader.take(/[ \t]*/y)
    if (reader.isAtEnd()) break
    if (reader.take(/,[ \t]*/y) === undefined || reader.isAtEnd()) return undefined
  }
  return members
}

interface Reader {
  /** Returns the match of a sticky pattern at the current place, and goes on behind it. */
  take(pattern: RegExp): RegExpExecArray | undefined
  isAtEnd(): boolean
}

function createReader(text: string): Reader {
  let position = 0
  return {
    take(pattern) {
      pattern.lastIndex = position
      const match = pattern.exec(text)
      if (match === null) return undefined
      position = pattern.lastIndex
      return match
    },
    isAtEnd: () => position === text.length,
  }
}

function readMember(reader: Reader): ListMember | undefined {
  const value = reader.take(/\(/y) ? skipInnerList(reader) : readBareItem(reader)
  const parameters = value && readParameters(reader)
  if (parameters === undefined) return undefined
  return { value: value === 'inner-list' ? undefined : value, parameters }
}

function skipInnerList(reader: Reader): 'inner-list' | undefined {
  for (;;) {
    reader.take(/ */y)
    if (reader.take(/\)/y)) return 'inner-list'
    if (!readBareItem(reader) || !readParameters(reader) || !reader.take(/(?=[ )])/y)) return undefined
  }
}

function readBareItem(reader: Reader): BareItem | undefined {
  for (const [type, pattern] of BARE_ITEMS) {
    const [, text] = reader.take(pattern) ?? []
    if (text !== undefined) return unescaped(type, text)
  }
  return undefined
}

function unescaped(type: BareItem['type'], text: string): BareItem | undefined {
  if (type === 'string') return { type, text: text.replaceAll(/\\(.)/g, '$1') }
  if (type !== 'display-string' && type !== 'bytes') return { type, text }
  try {
    // Both throw for text that is not encoded so.
    if (type === 'bytes') atob(text)
    return { type, text: type === 'bytes' ? text : decodeURIComponent(text) }
  } catch {
    return undefined
  }
}

function readParameters(reader: Reader): Map<string, BareItem> | undefined {
  const parameters = new Map<string, BareItem>()
  while (reader.take(/; */y)) {
    const [key] = reader.take(/[a-z*][a-z0-9_.*-]*/y) ?? []
    const value = reader.take(/=/y) ? readBareItem(reader) : TRUE
    if (key === undefined || value === undefined) return undefined
    parameters.set(key, value)
  }
  return parameters
}
