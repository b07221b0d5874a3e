import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PRICE_LIST } from '../cost/price-list.ts'
import { writePageSection } from '../support/page-sections.ts'
import { ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { estimate, type Load } from './estimate.ts'
import { measuredUse } from './measured-units.ts'
import { overloadPlot } from './overload/plot.ts'
import { overloadRuns, overloadTable } from './overload/report.ts'
import { limitsTable, limitsText, overviewTable } from './report.ts'
import { type SystemModel, systemModels } from './system-model.ts'

const PAGE = 'docs/scale.md'
const PLOT = 'docs/overload.svg'
const LOADS = [10, 1000, 10_000, 100_000]

/** The load whose limits the page shows one by one. */
const DETAILED = 10_000

/** The part of all requests that are about the most wanted object, where nobody says otherwise. */
const HOT = 0.01

/**
 * `npm run scale`: writes docs/scale.md again, from the quotas, the measured units and the models of the systems.
 * `npm run scale -- <Stack> --rps 10000 [--hot 0.2] [--mix create=0.1,visit=0.9]` prints what one load meets.
 */
export async function scale(args: string[] = []): Promise<void> {
  const models = await systemModels()
  if (args.length > 0) return console.log(scaleText(models, args))
  const { sections, plot } = await scalePage(models)
  for (const [mark, markdown] of sections) writePageSection({ file: PAGE, mark }, markdown)
  writeFileSync(join(ROOT, PLOT), plot)
  console.log(`Wrote ${PAGE} and ${PLOT}.`)
}

/** Returns the sections of docs/scale.md that the command writes, by their marks, and the plot. */
export async function scalePage(
  models: readonly SystemModel[],
): Promise<{ sections: Map<string, string>; plot: string }> {
  const runs = await overloadRuns()
  const systems = models.map(systemSection).join('\n\n')
  const sections = new Map([
    ['scale:systems', systems],
    ['scale:overload', overloadTable(runs)],
  ])
  const first = [...runs].flatMap(([way, [run]]) => (run ? [[way, run] as const] : []))
  return { sections, plot: overloadPlot(new Map(first)) }
}

function systemSection(model: SystemModel): string {
  const use = { rows: measuredUse(model.stack), durations: PRICE_LIST.assumed }
  const at = (rps: number) => ({ load: { rps, hot: HOT }, estimate: estimate(model, { rps, hot: HOT }, use) })
  const limits = limitsTable(model, at(DETAILED).estimate)
  const detailed = `${model.stack} at ${DETAILED.toLocaleString('en-US')} requests a second`
  return `**${model.stack}**\n\n${overviewTable(LOADS.map(at))}\n\n**${detailed}**\n\n${limits}`
}

function scaleText(models: readonly SystemModel[], [stack = '', ...options]: string[]): string {
  const model = models.find((each) => each.stack === stack)
  const known = models.map((each) => each.stack).join(', ')
  if (!model) throw new UserError(`There is no model of "${stack}": name one of ${known}.`)
  const load = loadOf(options)
  try {
    const found = estimate(model, load, { rows: measuredUse(stack), durations: PRICE_LIST.assumed })
    const hot = `${load.hot * 100} % of them about ${model.hotObject}`
    return `${stack} at ${load.rps.toLocaleString('en-US')} requests a second, ${hot}:\n\n${limitsText(found)}`
  } catch (error) {
    throw error instanceof RangeError ? new UserError(error.message) : error
  }
}

/** @throws UserError for an option that isn't known, or isn't a number. */
function loadOf(options: readonly string[]): Load {
  let load: Load = { rps: 1000, hot: HOT }
  for (let at = 0; at < options.length; at += 2) {
    const [name, value = ''] = [options[at], options[at + 1]]
    if (name === '--rps') load = { ...load, rps: numberOf('--rps', value, { min: 1, max: 1e7 }) }
    else if (name === '--hot') load = { ...load, hot: numberOf('--hot', value, { min: 0, max: 1 }) }
    else if (name === '--mix') load = { ...load, mix: mixOf(value) }
    else throw new UserError(`There is no option "${name}": use --rps, --hot or --mix.`)
  }
  return load
}

function mixOf(value: string): Record<string, number> {
  const entries = value.split(',').map((part) => {
    const [name = '', share = ''] = part.split('=')
    return [name, numberOf(`--mix ${name}`, share, { min: 0, max: 1 })] as const
  })
  return Object.fromEntries(entries)
}

function numberOf(option: string, value: string, { min, max }: { min: number; max: number }): number {
  const number = Number(value)
  if (value !== '' && number >= min && number <= max) return number
  throw new UserError(`${option} is "${value}": it must be a number from ${min} to ${max}.`)
}
