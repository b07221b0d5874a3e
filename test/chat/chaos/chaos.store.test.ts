import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { QUIET_NETWORK, STORM } from './faults.ts'
import { type ChaosOptions, runChaos } from './run-chaos.ts'
import { DEAF_TO_REMOVALS, NO_COMMIT_RECORDS, SWALLOWED_ERRORS } from './sabotage.ts'

setFunctionEnvironment()
const table = { client: patientDynamoDB(), tableName: await ownTable() }

/** `npm run chaos` sets them. */
const { CHAOS_SEEDS = '1', CHAOS_SEED } = process.env
const seeds = CHAOS_SEED ? [Number(CHAOS_SEED)] : Array.from({ length: Number(CHAOS_SEEDS) }, (_, index) => index + 1)

test.each(
  seeds,
)('whatever fails, all members see one log with every acknowledged commit once: seed %i', async (seed) => {
  const { problems, faults, ...counts } = await runChaos({ table, seed })
  process.stdout.write(`${JSON.stringify({ seed, ...counts, ...faults })}\n`)
  expect({ seed, problems }).toEqual({ seed, problems: [] })
})

/** Runs a broken system under a few seeds, until the checker finds such a problem, and returns all that it found. */
async function problemsOf(pattern: RegExp, options: Omit<ChaosOptions, 'table' | 'seed'>): Promise<string> {
  let all = ''
  for (let seed = 1; seed <= 6 && !pattern.test(all); seed++) {
    const { problems } = await runChaos({ table, seed, actionsPerUser: 15, patienceMs: 500, ...options })
    all += problems.join('\n')
  }
  return all
}

test('commits that are not recognised when they come again are found twice', async () => {
  const pattern = /One commit of \w+ is there as \d+ and \d+/
  const rates = { ...STORM, responseLost: 0.3 }
  expect(await problemsOf(pattern, { sabotage: NO_COMMIT_RECORDS, rates })).toMatch(pattern)
})

test('a worker that counts events as sent although an error kept it from that is found out', async () => {
  const pattern = /was never sent .* which was open all along/
  const rates = { ...QUIET_NETWORK, crash: 0.2 }
  expect(await problemsOf(pattern, { sabotage: SWALLOWED_ERRORS, rates })).toMatch(pattern)
})

test('events that a removed user gets are found', async () => {
  const pattern = /dan got .* without being a member/
  expect(await problemsOf(pattern, { sabotage: DEAF_TO_REMOVALS, rates: QUIET_NETWORK })).toMatch(pattern)
})
