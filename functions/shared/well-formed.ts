/**
 * Truncates a text at a whole character. Lone surrogates, which no Unicode encoding can represent, become U+FFFD.
 *
 * @param maxLength in UTF-16 code units, as `length` counts them.
 */
export function excerpt(text: string, maxLength: number): string {
  return text
    .toWellFormed()
    .slice(0, maxLength)
    .replace(/[\ud800-\udbff]$/, '')
}

/**
 * Serialises a value as JSON that every parser accepts. `JSON.stringify` escapes a lone surrogate in a name or a value,
 * such as `\ud83d`, which strict parsers reject: U+FFFD replaces it. Returns `undefined` where `JSON.stringify` does.
 */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json?.includes('\\ud')) return json
  // Matches an escaped backslash as a whole, so that the characters after it are not taken for an escape.
  return json.replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (sequence) => (sequence === '\\\\' ? sequence : '\ufffd'))
}

/**
 * Finds a name or a text in a JSON value that has half of a surrogate pair, which no Unicode encoding can represent.
 *
 * @returns the path to it, as in `['items', 2, 'title']`; `undefined` if there is none.
 */
export function illFormedPath(value: unknown): PropertyKey[] | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : []
  if (typeof value !== 'object' || value === null) return undefined
  const entries: Iterable<[PropertyKey, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value)
  for (const [key, item] of entries) {
    const path = typeof key === 'string' && !key.isWellFormed() ? [] : illFormedPath(item)
    if (path) return [key, ...path]
  }
  return undefined
}
