/**
 * The start of a text, cut at a whole character. Halves of surrogate pairs, which no encoding of Unicode has, become
 * U+FFFD.
 *
 * @param maxLength in UTF-16 code units, as `length` counts.
 */
export function excerpt(text: string, maxLength: number): string {
  return text
    .toWellFormed()
    .slice(0, maxLength)
    .replace(/[\ud800-\udbff]$/, '')
}

/**
 * JSON that every parser takes. `JSON.stringify` escapes half of a surrogate pair as in `\ud83d`, in names and values,
 * and strict parsers refuse that: U+FFFD stands in for it. `undefined` as for `JSON.stringify`.
 */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json?.includes('\\ud')) return json
  // An escaped backslash is taken as a whole, so that what follows it is no escape.
  return json.replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (sequence) => (sequence === '\\\\' ? sequence : '\ufffd'))
}
