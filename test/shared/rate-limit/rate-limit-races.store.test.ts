import { randomUUID } from 'node:crypto'
import type { Check, WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import type { Answered, Errand } from './support/race-writer.ts'
import { type Racers, startRacers } from './support/races.ts'

// Four processes at once against the real API. A machine that is busy may let some answers come late: such a decision
// is degraded, and may have charged.

const RUNS = 20
const PROCESSES = 4
const SKEWS = [0, 150, 350, 500]
const LIMIT = 60
/** A window's end is far: these races take a moment of it. */
const NOW = Math.floor(Date.now() / 3_600_000) * 3_600_000 + 1_800_000
let racers: Racers
let table: string

beforeAll(async () => {
  setFunctionEnvironment()
  table = await ownTable()
  racers = await startRacers(PROCESSES)
})
afterAll(() => racers.stop())

const HOURLY: WindowPolicy = { name: 'race', algorithm: 'fixed-window', limit: LIMIT, windowMs: 3_600_000 }

function race(checks: Check[], more: Partial<Errand> = {}): Promise<Answered[]> {
  const errand = { tableName: table, checks, requests: 50, atATime: 10, now: NOW, skewMs: 0, pauseMs: 0, ...more }
  return racers.race(Array.from({ length: PROCESSES }, () => errand))
}

const admittedOf = (answers: readonly Answered[]) => answers.filter(({ allowed }) => allowed).length
const unknownOf = (answers: readonly Answered[]) => answers.filter(({ degraded }) => degraded).length

/** Exactly the limit, but for decisions of which nobody knows. */
function expectExactly(limit: number, answers: readonly Answered[]): void {
  expect(admittedOf(answers)).toBeLessThanOrEqual(limit)
  expect(admittedOf(answers)).toBeGreaterThanOrEqual(limit - unknownOf(answers))
}

/** @proves rate-limiter/exact-limit */
test.each([
  'fixed-window',
  'sliding-window',
  'token-bucket',
] as const)('of 200 that four processes ask a %s at once, exactly its limit is admitted, twenty times of twenty', async (algorithm) => {
  for (let run = 0; run < RUNS; run++) {
    expectExactly(LIMIT, await race([{ policy: { ...HOURLY, algorithm }, subject: randomUUID() }]))
  }
})

test('what a sliding window admitted before counts by the half that is in view', async () => {
  const policy: WindowPolicy = { ...HOURLY, algorithm: 'sliding-window' }
  for (let run = 0; run < RUNS; run++) {
    const checks = [{ policy, subject: randomUUID() }]
    const before = await race(checks, { now: NOW - 3_600_000, requests: 8 })
    expect(admittedOf(before) + unknownOf(before)).toBe(32)
    const answers = await race(checks)
    expect(admittedOf(answers)).toBeLessThanOrEqual(LIMIT - admittedOf(before) / 2)
    expect(admittedOf(answers)).toBeGreaterThanOrEqual(LIMIT - 16 - unknownOf(answers))
  }
})

test('subject and parent are charged together: the parent admits its limit, and its children are charged no more', async () => {
  const parent: WindowPolicy = { ...HOURLY, name: 'race-parent', limit: 5 }
  const policy: WindowPolicy = { ...HOURLY, parent: { policy: parent, subjectPrefix: '' } }
  const run = randomUUID()
  const answers = await race([{ policy, subject: `${run}:user` }], { requests: 10, atATime: 1 })
  expectExactly(5, answers)
})

/** Most that was admitted within any `ms` of the true clock, by when it was asked. */
function mostWithin(ms: number, answers: readonly Answered[]): number {
  const admitted = answers.filter(({ allowed }) => allowed)
  const within = (from: number) => admitted.filter(({ sentAt, doneAt }) => sentAt >= from && doneAt < from + ms).length
  return Math.max(0, ...admitted.map(({ sentAt }) => within(sentAt)))
}

/** @proves rate-limiter/clocks-apart */
test("clocks 500 ms apart admit the limit in each window by them, and half a second's more by the true one", async () => {
  const skewed = async (algorithm: WindowPolicy['algorithm']) => {
    const checks: Check[] = [{ policy: { ...HOURLY, algorithm, limit: 10, windowMs: 1000 }, subject: randomUUID() }]
    const errand = { tableName: table, checks, requests: 120, atATime: 2, pauseMs: 40 }
    return racers.race(SKEWS.map((skewMs) => ({ ...errand, skewMs })))
  }
  const fixed = await skewed('fixed-window')
  const counts = new Map<string, number>()
  for (const { attributes } of fixed) for (const name of attributes) counts.set(name, (counts.get(name) ?? 0) + 1)
  expect(Math.max(...counts.values())).toBe(10)
  expect(counts.size).toBeGreaterThan(2)
  // A second of the true clock and the 500 ms that clocks are apart meet three windows, of which each admits its limit.
  expect(mostWithin(1000, fixed)).toBeLessThanOrEqual(30)
  // A bucket's 10, what drops in a second, and what drops in the 500 ms that clocks are apart.
  expect(mostWithin(1000, await skewed('token-bucket'))).toBeLessThanOrEqual(10 + 10 + 5)
})
