import { readFileSync } from 'node:fs'
import { measuredUse } from '../../../tools/scale/measured-units.ts'
import { QUOTA_NAMES } from '../../../tools/scale/quotas.ts'
import { scalePage } from '../../../tools/scale/scale.ts'
import { systemModels } from '../../../tools/scale/system-model.ts'
import { kebabCase } from '../../../tools/support/case.ts'
import { stacksWith } from '../../support/templates.ts'

const models = await systemModels()

test('docs/scale.md and its plot are up to date; if not, run npm run scale', async () => {
  const page = readFileSync('docs/scale.md', 'utf8')
  const { sections, plot } = await scalePage(models)
  const stale = [...sections].filter(([, text]) => !page.includes(`\n${text.trim()}\n`)).map(([mark]) => mark)
  expect(stale).toEqual([])
  expect(readFileSync('docs/overload.svg', 'utf8')).toBe(plot)
})

// A fork may have no model: `describe.each` would refuse that.
for (const { stack, kinds, advice, ownLimits = {} } of models) {
  describe(`the model of ${stack}`, () => {
    it('splits all requests into kinds', () => {
      const sum = Object.values(kinds).reduce((total, { share }) => total + share, 0)
      expect(sum).toBeCloseTo(1, 10)
    })

    it('takes its units from measured requests', () => {
      const rows = measuredUse(stack)
      expect(Object.values(kinds).filter(({ row }) => !rows.has(row))).toEqual([])
    })

    it('has no more units of a hot object than a request has', () => {
      const rows = measuredUse(stack)
      const isTooMuch = Object.values(kinds).filter(
        ({ row, hot }) => hot.read > (rows.get(row)?.read ?? 0) || hot.write > (rows.get(row)?.write ?? 0),
      )
      expect(isTooMuch).toEqual([])
    })

    it('uses each limit of its own, and no other that there isn’t', () => {
      const used = new Set(Object.values(kinds).flatMap(({ takes = {} }) => Object.keys(takes)))
      expect(Object.keys(ownLimits).filter((name) => !used.has(name))).toEqual([])
      const known = [...QUOTA_NAMES, ...Object.keys(ownLimits)]
      expect([...used].filter((name) => !known.includes(name))).toEqual([])
    })

    it('names functions of the stack', () => {
      const template = stacksWith({}).find(({ id }) => id === stack)?.template
      const ids = Object.keys(template?.findResources('AWS::Lambda::Function') ?? {})
      const missing = Object.values(kinds).filter(({ functionName }) => !ids.some((id) => id.startsWith(functionName)))
      expect(missing).toEqual([])
    })

    it('quotes faults that its README has', () => {
      const page = readFileSync(`lib/${kebabCase(stack)}/README.md`, 'utf8')
      const faults = [...Object.values(advice), ...Object.values(ownLimits)].flatMap(({ fault }) => fault ?? [])
      expect(faults.filter((fault) => !page.includes(`\n| ${fault} |`))).toEqual([])
    })
  })
}
