/** Characters without a special meaning in any POSIX shell, wherever they stand in a word. */
const PLAIN = /^[\w@%+:,./-]+$/

/**
 * Quotes a text as one word for a POSIX shell, so that a printed command can be pasted: a path may contain spaces,
 * quotes or a `$`. A word that needs no quotes gets none.
 */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : quoted(text)
}

/** Quotes a text for a POSIX shell in any case, for lines whose words should look alike. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
