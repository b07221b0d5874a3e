import { AUDIENCE, issuerUrl, signToken } from '../local-cloud/issuer.ts'
import { onOwnCloud } from '../local-cloud/own-cloud.ts'
import { step } from '../support/progress.ts'
import type { LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { askerOf } from './events-writers.ts'
import { sampleInTurns } from './measure.ts'
import { deployNoOp, NO_OP_STATUS } from './no-op.ts'
import { type VisitsCase, visitsCases } from './visits-case.ts'
import { type Taken, type Target, visit, visitsTable } from './visits-load.ts'

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
  const cases = await visitsCases('visits')
  if (cases.length === 0) throw new UserError('There are no visits to measure: no system here has visitors.')
  const taken: Taken[][] = []
  for (const each of cases) {
    taken.push(
      await onOwnCloud({ auth: false, stacks: [each.stack] }, async (cloud, { stacks }) =>
        measureTargets(await targetsOf(each, cloud, stacks[each.stack]?.apiUrl ?? '')),
      ),
    )
  }
  return { tables: taken.map((each) => visitsTable(each)).join('\n\n'), wrong: wrongAnswers(taken.flat()) }
}

export function wrongAnswers(taken: readonly Taken[]): number {
  const wrong = taken.flatMap(({ samples }) => samples.map((sample) => sample.wrong))
  return wrong.reduce((sum, count) => sum + count, 0)
}

/** Prepares the targets of a case; the first is a function that does nothing behind a route of the same kind. */
export async function targetsOf(
  { stack, scope, routeKey, needsToken, prepare }: VisitsCase,
  cloud: LocalCloud,
  apiUrl: string,
): Promise<Target[]> {
  const token = await signToken(cloud, { sub: 'bench', tenant: 'bench', scope })
  const issuer = needsToken && { issuer: { url: issuerUrl(cloud), audience: AUDIENCE } }
  const visits = (await prepare(askerOf(apiUrl, token))).map((visit) => ({
    ...visit,
    headers: { ...visit.headers, ...(needsToken && { authorization: `Bearer ${token}` }) },
  }))
  const [first] = visits
  if (!first) throw new Error(`${stack} has nothing to measure.`)
  const noOpUrl = await step('Deploying a function that does nothing', () =>
    deployNoOp(cloud, { routeKey, ...issuer, other: { stack, apiUrl } }),
  )
  const { isRight: _, ...request } = first
  const noOp = { ...request, title: 'a function that does nothing', baseUrl: noOpUrl, status: NO_OP_STATUS }
  return [noOp, ...visits.map((visit) => ({ ...visit, baseUrl: apiUrl }))]
}

export async function measureTargets(targets: readonly Target[]): Promise<Taken[]> {
  await step('Warming up', async () => {
    for (const target of targets) await visit(target, WARM_UP_MS)
  })
  return step(`Taking ${ROUNDS} rounds`, () => sampleInTurns(targets, ROUNDS, (target) => visit(target, ROUND_MS)))
}
