import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../tools/support/settings.ts'

const FILES = globSync(['{bin,clients,console,functions,lib,test,tools}/**/*.{ts,mjs}', '*.{js,mjs}'], {
  cwd: ROOT,
  exclude: ['**/node_modules/**', '**/dist/**'],
})

/** Finds the first line of each comment that stands on lines of its own, and the number of that line. */
function commentsIn(source: string): { line: number; text: string }[] {
  const lines = source.split('\n')
  const textOf = (index: number) => /^\s*(?:\/\*\*?|\*|\/\/)(?: (.*?))?(?: ?\*\/)?$/.exec(lines[index] ?? '')?.[1]
  const isLineComment = (index: number) => /^\s*\/\//.test(lines[index] ?? '')
  return lines.flatMap((line, index) => {
    const continues = isLineComment(index) ? isLineComment(index - 1) : !/^\s*\/\*/.test(line)
    const text = textOf(index) || textOf(index + 1)
    return continues || text === undefined ? [] : [{ line: index + 1, text }]
  })
}

/**
 * Checks whether a comment begins with a clause and has no verb of its own: "What a user sees." says what it is about,
 * and nothing about it. A clause with "when" or "where" may begin a whole sentence, which has a comma after it.
 */
function isFragment(text: string): boolean {
  return /^(?:What|Whether|How|Why|Who|Whose|Which|Of)\b/.test(text) || /^(?:When|Where)\b[^,]*(?:[.:;]|$)/.test(text)
}

test.each([
  ['/** What a user sees. */', [1]],
  ['/**\n * Whether it is open.\n *\n * @default no\n */', [1]],
  ['  // How often.\n  // More of it.\n  const a = 1 // Why not', [1]],
  ['// When it ends.', [1]],
  ['// When it ends, nothing is left.', []],
  ['/** Returns whether it is open. */\nconst text = "What"', []],
  ['/** The number of tries. */\n\n// Reads it.\n// What it reads.', []],
])('%j has fragments in the lines %j', (source, lines) => {
  const fragments = commentsIn(source).filter(({ text }) => isFragment(text))
  expect(fragments.map(({ line }) => line)).toEqual(lines)
})

test('comments begin with a noun or a verb, and say something in a whole sentence', () => {
  expect(FILES.length).toBeGreaterThan(100)
  const fragments = FILES.flatMap((file) =>
    commentsIn(readFileSync(join(ROOT, file), 'utf8'))
      .filter(({ text }) => isFragment(text))
      .map(({ line, text }) => `${file}:${line}: ${text}`),
  )
  expect(fragments).toEqual([])
})
