import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readmesWithDiagrams } from '../../../tools/diagrams/write-diagrams.ts'
import { ROOT } from '../../../tools/support/settings.ts'

test('the picture in each README matches the stack; if not, run "npm run diagrams"', () => {
  const readmes = Object.entries(readmesWithDiagrams())
  expect(readmes).not.toEqual([])
  for (const [file, text] of readmes) {
    expect([file, readFileSync(join(ROOT, file), 'utf8')]).toEqual([file, text])
  }
})
