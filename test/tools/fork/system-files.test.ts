import { existsSync } from 'node:fs'
import { systems } from '../../../tools/fork/systems.ts'

test.each(systems())('%s has the files that tools and people expect', (system) => {
  const files = ['README.md', 'examples.ts', 'journey.ts', 'stack.ts'].map((name) => `lib/${system}/${name}`)
  expect(files.filter((file) => !existsSync(file))).toEqual([])
})
