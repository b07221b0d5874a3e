/** What no POSIX shell gives a meaning to, wherever it stands in a word. */
const PLAIN = /^[\w@%+:,./-]+$/

/**
 * Quotes a text as one word for a POSIX shell, so that a command that is printed can be pasted as it is: a path may have
 * spaces, quotes or a `$`. A word that needs no quotes gets none.
 */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : quoted(text)
}

/** Quotes a text for a POSIX shell in any case, where all words of a line shall look alike. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
