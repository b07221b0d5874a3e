/** A test that fails when a guarantee is broken, as its tag says: `@proves orders/paid-once`. */
export interface Proof {
  /** The system, as in `orders`. */
  readonly system: string
  /** The guarantee, as in `paid-once`. */
  readonly id: string
  /** The path from the project's root. */
  readonly file: string
  /** The title of the test, or of the tests that are described together. */
  readonly title: string
}

/** A tag is a comment on a line of its own above a test. It names guarantees, separated by commas. */
const TAG = /^[ \t]*\/\*\* @proves ([^*]*?) ?\*\/\n/gm

const NAME = /^([a-z][a-z-]*)\/([a-z0-9][a-z0-9-]*)$/

/** The first string of a test's call, which is its title; `each` has a table before it. */
const TITLE =
  /^\s*(?:test|it|describe)(?:\.each(?:<[^\n]*>)?\(([\s\S]*?)\))?\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/

/**
 * Reads the tags of a test file.
 *
 * @throws Error for a tag that names no guarantee, or has no test with a title below it.
 */
export function readProofs(file: string, text: string): Proof[] {
  return [...text.matchAll(TAG)].flatMap(({ 0: tag, 1: names = '', index }) => {
    const line = text.slice(0, index).split('\n').length
    const below = TITLE.exec(text.slice(index + tag.length))
    const title = below?.[2] ?? below?.[3]
    if (title === undefined) throw new Error(`${file}:${line}: no test follows the tag @proves.`)
    return names.split(/, */).map((name) => {
      const [, system, id] = NAME.exec(name) ?? []
      if (system === undefined || id === undefined)
        throw new Error(`${file}:${line}: "${name}" is no guarantee: write @proves <system>/<id>.`)
      return { system, id, file, title: title.replaceAll(/\\(.)/g, '$1') }
    })
  })
}

/** Removes the tags of other systems from a text: a fork doesn't have their guarantees. */
export function withoutProofsOf(text: string, others: readonly string[]): string {
  return text.replaceAll(TAG, (tag, names: string) => {
    const own = names.split(/, */).filter((name) => !others.includes(name.split('/')[0] ?? ''))
    return own.length === 0 ? '' : tag.replace(names, own.join(', '))
  })
}
