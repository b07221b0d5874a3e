import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { table, writeSection } from '../../support/document.ts'
import { awsEnvironment, localCloud } from '../../support/settings.ts'
import { UserError } from '../../support/user-error.ts'
import { median, runFresh, sampleInTurns } from '../measure.ts'
import { CONTENDERS, type Contender, type Setting } from './contenders.ts'
import type { Costs } from './cost-worker.ts'
import { withTables } from './tables.ts'
import type { Done, Work } from './worker.ts'

const WORKER = join(import.meta.dirname, 'worker.ts')
const METER = join(import.meta.dirname, 'cost-worker.ts')
const ENVIRONMENT = awsEnvironment(localCloud()) as Record<string, string>
const HOUR_MS = 3_600_000
const ROUNDS = 3
/** The time that a process needs to load the SDK and to warm up, on a busy machine. */
const START_MS = 5000

type SettingOf = (contender: Contender) => Setting

/**
 * Compares the limiter with rate-limiter-flexible's DynamoDB store on the local cloud, and writes the results into
 * docs/benchmarks.md. It takes about three minutes.
 *
 * @throws UserError when no local cloud is running, or the package is not installed.
 */
export async function benchRateLimit(): Promise<void> {
  const { endpoint } = localCloud()
  const isUp = await fetch(endpoint).then(
    () => true,
    () => false,
  )
  if (!isUp) throw new UserError(`Nothing answers at ${endpoint}: run "npm start" first.`)
  await withTables(endpoint, async (tableOf) => {
    const settingOf = (limit: number) => (contender: Contender) => {
      return { endpoint, table: tableOf(contender), limit, windowMs: HOUR_MS }
    }
    console.log('Measuring: rate-limit, speed…')
    writeSection('rate-limit-speed', await measureSpeed(settingOf(100_000)))
    console.log('Measuring: rate-limit, cost…')
    writeSection('rate-limit-cost', await measureCost(settingOf(100)))
    console.log('Measuring: rate-limit, races…')
    writeSection('rate-limit-races', await measureRaces(settingOf(100)))
  })
  console.log('Wrote docs/benchmarks.md.')
}

async function measureSpeed(settingOf: SettingOf): Promise<string> {
  const sample = async (contender: Contender) => {
    const setting = settingOf(contender)
    const alone = await runWorker({ contender, setting, requests: 300, inFlight: 1 })
    const busy = await runWorker({ contender, setting, requests: 1000, inFlight: 16 })
    const failed = alone.failed + busy.failed
    return { alone: alone.latencies.sort((a, b) => a - b), perSecond: 1000 / busy.seconds, failed }
  }
  const taken = await sampleInTurns(CONTENDERS, ROUNDS, sample)
  const rows = taken.map(({ subject, samples }) => {
    const percentile = (part: number) => {
      return median(samples.map(({ alone }) => alone[Math.floor(alone.length * part)] ?? Number.NaN)).toFixed(1)
    }
    const failed = samples.reduce((sum, each) => sum + each.failed, 0)
    const perSecond = Math.round(median(samples.map((each) => each.perSecond)))
    return [titleOf(subject), String(perSecond), percentile(0.5), percentile(0.95), percentile(0.99), String(failed)]
  })
  return table(['limiter', 'decisions a second', 'p50, ms', 'p95, ms', 'p99, ms', 'failed'], rows)
}

/** Runs one process and one request at a time, so that the counts are exact. */
async function measureCost(settingOf: SettingOf): Promise<string> {
  const rows: string[][] = []
  for (const contender of CONTENDERS) {
    const costs = await runFresh<Costs>(
      [METER, JSON.stringify({ contender, setting: settingOf(contender) })],
      ENVIRONMENT,
    )
    const each = [costs.admitted, costs.denied, costs.known].map(
      ({ calls, units }) => `${round(calls)} / ${round(units)}`,
    )
    rows.push([titleOf(contender), ...each, String(costs.leftAfterHeavy)])
  }
  return table(
    [
      'limiter, calls / write units',
      'admitted',
      'denied',
      'denial already known',
      'admitted after a heavy denial, of 40',
    ],
    rows,
  )
}

const PROCESSES = 4
const REQUESTS = 100

async function measureRaces(settingOf: SettingOf): Promise<string> {
  const race = async (contender: Contender) => {
    const work = { contender, setting: settingOf(contender), subject: randomUUID(), startAt: Date.now() + START_MS }
    const runs = Array.from({ length: PROCESSES }, () => runWorker({ ...work, requests: REQUESTS, inFlight: 25 }))
    return Promise.all(runs)
  }
  const taken = await sampleInTurns(CONTENDERS, ROUNDS, race)
  const rows = taken.map(({ subject, samples }) => {
    const { limit } = settingOf(subject)
    const sum = (of: (done: Done) => number, round: Done[]) => round.reduce((total, done) => total + of(done), 0)
    const admitted = samples.map((round) => sum((done) => done.admitted, round))
    const over = admitted.reduce((total, count) => total + Math.max(0, count - limit), 0)
    const failed = sum((done) => done.failed, samples.flat())
    const asked = `${PROCESSES * REQUESTS} for ${limit}`
    return [titleOf(subject), asked, admitted.join(', '), String(over), String(failed)]
  })
  return table(['limiter', 'asked', 'admitted, by round', 'over the limit', 'failed'], rows)
}

function runWorker(work: Work): Promise<Done> {
  return runFresh<Done>([WORKER, JSON.stringify(work)], ENVIRONMENT)
}

function titleOf(contender: Contender): string {
  return contender === 'rate-limiter-flexible' ? contender : `ours, ${contender}`
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100)
}
