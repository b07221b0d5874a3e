import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../bin/app.ts'
import { bundleFunctions } from '../../lib/shared/function-bundles.ts'
import { readOutputs } from '../local-cloud/outputs.ts'
import { runningCloud } from '../local-cloud/running.ts'
import { journeyOf, stacksWithJourney } from '../smoke/smoke.ts'
import { writePageSection } from '../support/page-sections.ts'
import { type LocalCloud, ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { idleRow, idleTable } from './idle-cost.ts'
import { measure } from './measure.ts'
import { PRICE_LIST } from './price-list.ts'
import { useTable } from './use-cost.ts'

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

/** Builds a table for each stack that has a journey. */
async function useTables(cloud: LocalCloud): Promise<string> {
  const { stacks } = await readOutputs(cloud)
  const tables: string[] = []
  for (const stack of stacksWithJourney()) {
    const url = stacks[stack]?.apiUrl
    if (url === undefined) throw new UserError(`${stack} is not deployed to the local cloud: run "npm start".`)
    const steps = await measure({ cloud, stack, url }, await journeyOf(stack))
    tables.push(`**${stack}**\n\n${useTable(steps, PRICE_LIST.assumed)}`)
  }
  return tables.join('\n\n')
}
