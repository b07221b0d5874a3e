import { existsSync } from 'node:fs'
import { systems } from '../../../tools/fork/systems.ts'

test.each(systems())('%s has what tools and people look for', (system) => {
  const files = ['README.md', 'examples.ts', 'journey.ts', 'stack.ts'].map((name) => `lib/${system}/${name}`)
  expect(files.filter((file) => !existsSync(file))).toEqual([])
})
