import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pascalCase } from '../../tools/support/case.ts'
import { ROOT } from '../../tools/support/settings.ts'

/** The functions that stacks make, by construct id and handler file. */
const functions = globSync('lib/*/*.ts', { cwd: ROOT }).flatMap((file) =>
  [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(
      /new ServiceFunction\(\w+, '(\w+)', \{[^}]*?entry: '([\w./-]+)\.handler\.ts'/g,
    ),
  ].map(([, id = '', entry = '']) => ({ id, entry })),
)

const handlerFiles = globSync('functions/*/*.handler.ts', { cwd: ROOT })

test('every handler file belongs to a function of a stack', () => {
  const handlers = handlerFiles.map((file) => file.replace('.handler.ts', ''))
  expect(functions.map(({ entry }) => entry).sort()).toEqual(handlers.sort())
})

test.each(functions)('the construct id of $entry is its name: $id', ({ id, entry }) => {
  expect(id).toBe(pascalCase(basename(entry)))
})

test.each(handlerFiles)('%s only composes: it has at most 40 lines', (file) => {
  expect(readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40)
})

test.each(handlerFiles)('%s opens its connection to the table before the first request, if it serves HTTP', (file) => {
  const source = readFileSync(join(ROOT, file), 'utf8')
  const servesHttp = source.includes('httpHandler(') && source.includes('createTableRuntime(')
  expect(/^await .*prewarm\(/m.test(source)).toBe(servesHttp)
})
