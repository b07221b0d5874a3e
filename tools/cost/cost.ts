import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../bin/app.ts'
import { bundleFunctions } from '../../lib/shared/function-bundles.ts'
import type { JourneyModule } from '../../lib/shared/journey.ts'
import { type Outputs, readOutputs } from '../local-cloud/outputs.ts'
import { runningCloud } from '../local-cloud/running.ts'
import { journeyOf, stacksWithJourney } from '../smoke/smoke.ts'
import { writePageSection } from '../support/page-sections.ts'
import { type LocalCloud, ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { idleRow, idleTable } from './idle-cost.ts'
import { measure } from './measure.ts'
import { modesModules } from './modes.ts'
import { PRICE_LIST } from './price-list.ts'
import { type StepUse, useTable } from './use-cost.ts'

/** A use of a system that has a table of its own. */
export interface ExtraUse {
  /** The stack, as in `Orders`. */
  readonly stack: string
  /** The title of the table, which names the stack. */
  readonly title: string
  readonly table: (cloud: LocalCloud, outputs: Outputs) => Promise<string>
}

const STAGES = ['dev', 'prod']
const PAGE = 'docs/costs.md'

/**
 * `npm run cost [-- idle]`: writes into docs/costs.md the idle costs of the stacks, from their templates, and the costs
 * of their requests, as counted while the journeys run on the local cloud. `idle` needs no local cloud.
 */
export async function cost([what]: string[] = []): Promise<void> {
  if (what !== undefined && what !== 'idle')
    throw new UserError(`There is no argument "${what}": the only one is "idle".`)
  await bundleFunctions()
  writePageSection({ file: PAGE, mark: 'cost:idle' }, idleTable(STAGES.flatMap(idleRows)))
  if (what === undefined) writePageSection({ file: PAGE, mark: 'cost:use' }, await useTables(await runningCloud()))
  console.log('Wrote docs/costs.md.')
}

function idleRows(stage: string): string[][] {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'))
  const outdir = mkdtempSync(join(tmpdir(), 'stackyard-cost-'))
  try {
    const { stacks } = createApp({ context: { ...context, stage }, outdir, analyticsReporting: false }).synth()
    return stacks.map(({ stackName, template }) => idleRow(`${stackName}, ${stage}`, template))
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

/** Builds a table for each stack that has a journey, and behind it one of its modes. */
async function useTables(cloud: LocalCloud): Promise<string> {
  const modes = await modesModules()
  const tables: string[] = []
  for (const stack of stacksWithJourney()) {
    tables.push(titled(stack, await stepsOf(cloud, stack, await journeyOf(stack))))
    tables.push(...(await extraTables(cloud, stack)))
    for (const each of modes.filter((module) => module.stack === stack)) {
      const steps = await stepsOf(cloud, stack, each)
      tables.push(
        titled(
          each.title,
          steps.filter(({ name }) => each.rows.includes(name)),
        ),
      )
    }
  }
  return tables.join('\n\n')
}

/** Measures what the requests of a journey don't show: `tools/cost/<system>/extra.ts` exports `extra`. */
async function extraTables(cloud: LocalCloud, stack: string): Promise<string[]> {
  const found: string[] = []
  for (const name of globSync('*/extra.ts', { cwd: import.meta.dirname }).sort()) {
    const { extra }: { extra: ExtraUse } = await import(join(import.meta.dirname, name))
    if (extra.stack !== stack) continue
    found.push(`**${extra.title}**\n\n${await extra.table(cloud, await readOutputs(cloud))}`)
  }
  return found
}

/** @throws UserError when the stack is not deployed. */
async function stepsOf(cloud: LocalCloud, stack: string, module: JourneyModule): Promise<StepUse[]> {
  const { apiUrl: url, webSocketUrl } = (await readOutputs(cloud)).stacks[stack] ?? {}
  if (url === undefined) throw new UserError(`${stack} is not deployed to the local cloud: run "npm start".`)
  return measure({ cloud, stack, url, webSocketUrl }, module)
}

function titled(title: string, steps: readonly StepUse[]): string {
  return `**${title}**\n\n${useTable(steps, PRICE_LIST.assumed)}`
}
