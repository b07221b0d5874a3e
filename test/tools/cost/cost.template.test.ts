import { existsSync, globSync, readFileSync } from 'node:fs'
import { idleRow } from '../../../tools/cost/idle-cost.ts'
import { kebabCase } from '../../../tools/support/case.ts'
import { STAGES, stacksWith } from '../../support/templates.ts'

const page = readFileSync('docs/costs.md', 'utf8')
const rows = STAGES.flatMap((stage) =>
  stacksWith({ stage }).map(({ id, template }) => ({ id, row: idleRow(`${id}, ${stage}`, template.toJSON()) })),
)

test('docs/costs.md has the current idle costs of the stacks; if not, run npm run cost -- idle', () => {
  const missing = rows.map(({ row }) => `| ${row.join(' | ')} |`).filter((line) => !page.includes(`${line}\n`))
  expect(missing).toEqual([])
})

test('the pages of a system have the same idle cost of its stack in dev, at list price', () => {
  // A stack without a folder only connects systems.
  const ofSystems = rows.filter(({ id }) => existsSync(`lib/${kebabCase(id)}`))
  const wrong = ofSystems.filter(({ id, row }) => {
    const pages = globSync(`lib/${kebabCase(id)}/*.md`).map((file) => readFileSync(file, 'utf8'))
    const section = pages.map((text) => text.split('## Cost while idle')[1]).find((text) => text !== undefined)
    return row[0]?.endsWith('dev') && !section?.includes(row.at(-2) ?? '')
  })
  expect(wrong).toEqual([])
})
