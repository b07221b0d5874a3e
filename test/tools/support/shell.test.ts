import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../tools/support/settings.ts'
import { quoted, shellWord } from '../../../tools/support/shell.ts'

const TEXTS = [
  'plain/path-1.ts',
  'two words',
  "it's",
  '"',
  '$HOME',
  '$(pwd)',
  '`pwd`',
  'a;b',
  '~',
  '*',
  '\\',
  '#',
  '!',
  'é',
  '',
]

test.each(TEXTS)('%j is one word for a shell, and arrives unchanged', (text) => {
  for (const word of [shellWord(text), quoted(text)]) {
    expect(execFileSync('sh', ['-c', `printf '%s|' ${word} end`], { encoding: 'utf8' })).toBe(`${text}|end|`)
  }
})

test('a word gets quotes only if it needs them', () => {
  expect([shellWord('/home/anna/links'), shellWord('/home/anna/my links')]).toEqual([
    '/home/anna/links',
    "'/home/anna/my links'",
  ])
})

/** Matches a command in a text that contains an unquoted path. */
const UNQUOTED =
  /(?:^|[\s`'"])(?:cd|rm|cat|tail|less|source|ls|open|npm --prefix) (?:-\w+ )*\$\{(?!shellWord\(|quoted\()/m

test('no command that the tools print contains an unquoted path', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the source code of a tool.
  expect(UNQUOTED.test('  cd ${directory}')).toBe(true)
  const files = globSync('tools/**/*.{ts,mjs}', { cwd: ROOT })
  expect(files).not.toEqual([])
  expect(files.filter((file) => UNQUOTED.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
})
