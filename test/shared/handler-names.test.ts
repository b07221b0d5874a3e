import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pascalCase } from '../../tools/support/case.ts'
import { ROOT } from '../../tools/support/settings.ts'

/** The functions that stacks make, by construct id and handler file. */
const functions = globSync('lib/*/stack.ts', { cwd: ROOT }).flatMap((file) =>
  [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(
      /new ServiceFunction\(this, '(\w+)', \{[^}]*?entry: '([\w./-]+)\.handler\.ts'/g,
    ),
  ].map(([, id = '', entry = '']) => ({ id, entry })),
)

test('every handler file belongs to a function of a stack', () => {
  const handlers = globSync('functions/*/*.handler.ts', { cwd: ROOT }).map((file) => file.replace('.handler.ts', ''))
  expect(functions.map(({ entry }) => entry).sort()).toEqual(handlers.sort())
})

test.each(functions)('the construct id of $entry is its name: $id', ({ id, entry }) => {
  expect(id).toBe(pascalCase(basename(entry)))
})
