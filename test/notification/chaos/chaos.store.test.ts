import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { STORM } from './faults.ts'
import { type ChaosOptions, runChaos } from './run-chaos.ts'
import { FORGETFUL, GRASPING, SILENT, TRUSTING, UNCONDITIONAL } from './sabotage.ts'

setFunctionEnvironment()
const table = { client: patientDynamoDB(), tableName: await ownTable() }

/** `npm run chaos` sets them. */
const { CHAOS_SEEDS = '1', CHAOS_SEED } = process.env
const seeds = CHAOS_SEED ? [Number(CHAOS_SEED)] : Array.from({ length: Number(CHAOS_SEEDS) }, (_, index) => index + 1)

test.each(
  seeds,
)('whatever fails, each notification ends, and what was sent more than once was in doubt: seed %i', async (seed) => {
  const { problems, digests, faults, ends } = await runChaos({ table, seed })
  process.stdout.write(`${JSON.stringify({ seed, digests, ends, faults })}\n`)
  expect({ seed, problems }).toEqual({ seed, problems: [] })
  expect(digests).toBeGreaterThan(1)
})

/** Runs a broken system under a few seeds, until the checker finds such a problem, and returns all that it found. */
async function problemsOf(pattern: RegExp, options: Omit<ChaosOptions, 'table' | 'seed'>): Promise<string> {
  let all = ''
  for (let seed = 1; seed <= 6 && !pattern.test(all); seed++) {
    const { problems } = await runChaos({ table, seed, notifications: 20, stormMs: 4000, patienceMs: 8000, ...options })
    all += problems.join('\n')
  }
  return all
}

test('writes without conditions let a channel be sent by two workers, or sent and cancelled', async () => {
  const pattern = /both sent and cancelled|can be explained|told to be cancelled/
  const rates = { ...STORM, overlapped: 0.8 }
  expect(await problemsOf(pattern, { sabotage: UNCONDITIONAL, rates })).toMatch(pattern)
})

test('repeats that a category doesn’t allow are found', async () => {
  const pattern = /was sent \d+ times, and 1 can be explained/
  const rates = { ...STORM, answerLost: 0.4, crash: 0.2 }
  expect(await problemsOf(pattern, { sabotage: TRUSTING, rates })).toMatch(pattern)
})

test('a channel that nobody looks at again is found', async () => {
  const pattern = /is still queued/
  expect(await problemsOf(pattern, { sabotage: FORGETFUL })).toMatch(pattern)
})

test('digests that are sent with items which may still be cancelled are found', async () => {
  const pattern = /both sent and cancelled|told to be cancelled|is still digesting/
  expect(await problemsOf(pattern, { sabotage: GRASPING, stormMs: 2500, patienceMs: 4000 })).toMatch(pattern)
})

test('items that never learn what became of their digest are found', async () => {
  const pattern = /items have not learned/
  expect(await problemsOf(pattern, { sabotage: SILENT, stormMs: 2500, patienceMs: 4000 })).toMatch(pattern)
})
