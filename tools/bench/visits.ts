import { signToken } from '../local-cloud/issuer.ts'
import { onOwnCloud } from '../local-cloud/own-cloud.ts'
import { step } from '../support/progress.ts'
import type { LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { askerOf } from './events-writers.ts'
import { sampleInTurns } from './measure.ts'
import { deployNoOp } from './no-op.ts'
import { type VisitsCase, visitsCases } from './visits-case.ts'
import { type Taken, visit, visitsTable } from './visits-load.ts'

const ROUNDS = 5
const WARM_UP_MS = 2000
const ROUND_MS = 3000

/**
 * Measures the latency of visits, on a local cloud of its own, beside a function that does nothing.
 *
 * @returns a table for each system, and the number of wrong answers: there must be none.
 * @throws UserError when no system has visitors.
 */
export async function measureVisits(): Promise<{ tables: string; wrong: number }> {
  const cases = await visitsCases()
  if (cases.length === 0) throw new UserError('There are no visits to measure: no system here has visitors.')
  const taken: Taken[][] = []
  for (const each of cases) {
    taken.push(
      await onOwnCloud({ auth: false, stacks: [each.stack] }, (cloud, { stacks }) =>
        measureCase(each, cloud, stacks[each.stack]?.apiUrl ?? ''),
      ),
    )
  }
  const wrong = taken.flat().flatMap(({ samples }) => samples.map((sample) => sample.wrong))
  return { tables: taken.map(visitsTable).join('\n\n'), wrong: wrong.reduce((sum, count) => sum + count, 0) }
}

async function measureCase({ stack, scope, prepare }: VisitsCase, cloud: LocalCloud, apiUrl: string): Promise<Taken[]> {
  const token = await signToken(cloud, { sub: 'bench', tenant: 'bench', scope })
  const visits = await prepare(askerOf(apiUrl, token))
  const noOpUrl = await step('Deploying a function that does nothing', () => deployNoOp(cloud, { stack, apiUrl }))
  const noOp = {
    title: 'a function that does nothing',
    path: '/nothing',
    headers: visits[0]?.headers ?? {},
    status: 302,
  }
  const targets = [{ ...noOp, baseUrl: noOpUrl }, ...visits.map((visit) => ({ ...visit, baseUrl: apiUrl }))]
  await step('Warming up', async () => {
    for (const target of targets) await visit(target, WARM_UP_MS)
  })
  return step(`Taking ${ROUNDS} rounds`, () => sampleInTurns(targets, ROUNDS, (target) => visit(target, ROUND_MS)))
}
