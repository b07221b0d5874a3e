import { type Units, unitsOf } from '../cost/capacity.ts'
import { recording } from '../cost/recorder.ts'
import { servedBy } from '../cost/served-by.ts'
import { onOwnCloud } from '../local-cloud/own-cloud.ts'
import { table } from '../support/document.ts'
import { step } from '../support/progress.ts'
import type { LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { measureTargets, targetsOf, wrongAnswers } from './visits.ts'
import { type VisitsCase, visitsCases } from './visits-case.ts'
import { isRight, send, type Target, visitsTable } from './visits-load.ts'

/** Decisions of which the units are counted, after some that warm up. */
const COUNTED = 200
const WARM_UP = 10

/** The cost of one decision, on average. */
export interface DecisionUnits extends Units {
  title: string
  calls: number
}

/**
 * Measures decisions through a deployed service, on a local cloud of its own, beside a function that does nothing behind
 * a route of the same kind; then counts the capacity units that each takes.
 *
 * @returns a table of each, and the number of wrong answers: there must be none.
 * @throws UserError when no system decides.
 */
export async function measureDecisions(): Promise<{ speed: string; units: string; wrong: number }> {
  const [found] = await visitsCases('decisions')
  if (!found) throw new UserError('There are no decisions to measure: no system here has any.')
  return onOwnCloud({ auth: false, stacks: [found.stack] }, async (cloud, { stacks }) => {
    const targets = await targetsOf(found, cloud, stacks[found.stack]?.apiUrl ?? '')
    const taken = await measureTargets(targets)
    const [, ...decisions] = targets
    const counted = await step('Counting capacity units', () => countUnits(cloud, found, decisions))
    return {
      speed: visitsTable(taken, 'decisions'),
      units: unitsTable(counted.map(({ units }) => units)),
      wrong: wrongAnswers(taken) + counted.reduce((sum, { wrong }) => sum + wrong, 0),
    }
  })
}

async function countUnits(cloud: LocalCloud, { stack }: VisitsCase, targets: readonly Target[]) {
  const { functions } = await servedBy(cloud, stack)
  let calls: Units[] = []
  return recording({ cloud, functions, onCall: (call) => calls.push(unitsOf(call)) }, async () => {
    const counted: { units: DecisionUnits; wrong: number }[] = []
    for (const target of targets) {
      await sendInTurn(target, WARM_UP)
      calls = []
      const wrong = await sendInTurn(target, COUNTED)
      counted.push({ units: { title: target.title, ...perDecision(calls, COUNTED) }, wrong })
    }
    return counted
  })
}

/** Sends requests one after the other, and returns how many got a wrong answer. */
async function sendInTurn(target: Target, count: number): Promise<number> {
  let wrong = 0
  for (let index = 0; index < count; index++) if (!isRight(target, await send(target))) wrong += 1
  return wrong
}

/** Divides what calls took by the number of decisions. */
export function perDecision(calls: readonly Units[], decisions: number): Omit<DecisionUnits, 'title'> {
  const mean = (kind: keyof Units) => calls.reduce((sum, each) => sum + each[kind], 0) / decisions
  return { calls: calls.length / decisions, read: mean('read'), write: mean('write') }
}

export function unitsTable(decisions: readonly DecisionUnits[]): string {
  const rows = decisions.map(({ title, calls, read, write }) => [title, ...[calls, read, write].map(round)])
  return table(['decisions', 'calls of DynamoDB', 'read units', 'write units'], rows)
}

function round(value: number): string {
  return String(Number(value.toFixed(2)))
}
