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

test.each(TEXTS)('%j is one word for a shell, and comes out as it was', (text) => {
  for (const word of [shellWord(text), quoted(text)]) {
    expect(execFileSync('sh', ['-c', `printf '%s|' ${word} end`], { encoding: 'utf8' })).toBe(`${text}|end|`)
  }
})

test('a word gets quotes only where it needs them', () => {
  expect([shellWord('/home/anna/links'), shellWord('/home/anna/my links')]).toEqual([
    '/home/anna/links',
    "'/home/anna/my links'",
  ])
})

/** A command in a text, with a path that is put in as it is. */
const UNQUOTED =
  /(?:^|[\s`'"])(?:cd|rm|cat|tail|less|source|ls|open|npm --prefix) (?:-\w+ )*\$\{(?!shellWord\(|quoted\()/m

test('no command that the tools print has a path in it that is not quoted', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how a tool would write it.
  expect(UNQUOTED.test('  cd ${directory}')).toBe(true)
  const files = globSync('tools/**/*.{ts,mjs}', { cwd: ROOT })
  expect(files).not.toEqual([])
  expect(files.filter((file) => UNQUOTED.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
})
