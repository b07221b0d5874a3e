import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { table, writeSection } from '../../support/document.ts'
import { awsEnvironment, localCloud } from '../../support/settings.ts'
import { UserError } from '../../support/user-error.ts'
import { median, runFresh, sampleInTurns } from '../measure.ts'
import { type Contender, contenders, type Setting, TITLES } from './contenders.ts'
import type { Costs } from './cost-worker.ts'
import type { Metered } from './metered-endpoint.ts'
import { withRedis } from './redis-server.ts'
import { withTables } from './tables.ts'
import type { Done, Work } from './worker.ts'

const WORKER = join(import.meta.dirname, 'worker.ts')
const METER = join(import.meta.dirname, 'cost-worker.ts')
const ENVIRONMENT = awsEnvironment(localCloud()) as Record<string, string>
/** Long, so that no race runs into the end of a window, and a bucket refills by nothing meanwhile. */
const WINDOW_MS = 86_400_000
const ROUNDS = 3
/** The time that a process needs to load the SDK and to warm up, on a busy machine. */
const START_MS = 5000

/** The limiters to measure, and the setting of each. */
interface Field {
  limiters: readonly Contender[]
  settingOf: (contender: Contender, limit: number) => Setting
}

/**
 * Compares the limiter with rate-limiter-flexible's stores, DynamoDB on the local cloud and Redis where it is installed,
 * and writes the results into docs/benchmarks.md. It takes about five minutes.
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
  await withRedis((redis) =>
    withTables(endpoint, async (tableOf) => {
      const store = { endpoint, ...(redis !== undefined && { redis }) }
      const field: Field = {
        limiters: contenders(store),
        settingOf: (contender, limit) => ({ ...store, table: tableOf(contender), limit, windowMs: WINDOW_MS }),
      }
      for (const [part, measure] of Object.entries(PARTS)) {
        console.log(`Measuring: rate-limit, ${part}…`)
        const missing = redis === undefined ? `\n\n${NO_REDIS}` : ''
        writeSection(`rate-limit-${part}`, `${await measure(field)}${missing}`)
      }
    }),
  )
  console.log('Wrote docs/benchmarks.md.')
}

const NO_REDIS = 'Redis is missing here: this machine has no `redis-server`.'

const PARTS: Record<string, (field: Field) => Promise<string>> = {
  speed: measureSpeed,
  cost: measureCost,
  races: measureRaces,
  heavy: measureHeavyRaces,
}

async function measureSpeed({ limiters, settingOf }: Field): Promise<string> {
  const sample = async (contender: Contender) => {
    const setting = settingOf(contender, 100_000)
    const alone = await runWorker({ contender, setting, requests: 300, inFlight: 1 })
    const busy = await runWorker({ contender, setting, requests: 1000, inFlight: 16 })
    const failed = alone.failed + busy.failed
    return { alone: alone.latencies.sort((a, b) => a - b), perSecond: 1000 / busy.seconds, failed }
  }
  const taken = await sampleInTurns(limiters, ROUNDS, sample)
  const rows = taken.map(({ subject, samples }) => {
    const percentile = (part: number) => {
      return median(samples.map(({ alone }) => alone[Math.floor(alone.length * part)] ?? Number.NaN)).toFixed(1)
    }
    const failed = samples.reduce((sum, each) => sum + each.failed, 0)
    const perSecond = median(samples.map((each) => each.perSecond))
    return { subject, perSecond, cells: [percentile(0.5), percentile(0.95), percentile(0.99), String(failed)] }
  })
  const unit = rows.find(({ subject }) => subject === 'fixed-window')?.perSecond ?? Number.NaN
  return table(
    ['limiter', 'decisions a second', 'of fixed-window', 'p50, ms', 'p95, ms', 'p99, ms', 'failed'],
    rows.map(({ subject, perSecond, cells }) => {
      return [TITLES[subject], perSecond.toFixed(0), `${(perSecond / unit).toFixed(2)} x`, ...cells]
    }),
  )
}

/** Runs one process and one request at a time, so that the counts are exact. */
async function measureCost({ limiters, settingOf }: Field): Promise<string> {
  const rows: string[][] = []
  for (const contender of limiters) {
    const work = JSON.stringify({ contender, setting: settingOf(contender, LIMIT) })
    const costs = await runFresh<Costs>([METER, work], ENVIRONMENT)
    const each = [costs.admitted, costs.denied, costs.known].map(callsAndUnits)
    rows.push([TITLES[contender], ...each, String(costs.leftAfterHeavy)])
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

/** JSON has no NaN: a store without units has `null`. */
function callsAndUnits({ calls, units }: Metered): string {
  return `${round(calls)} / ${Number.isFinite(units) ? round(units) : '–'}`
}

const LIMIT = 100
const PROCESSES = 4
const REQUESTS = 100
const HEAVY = { every: 4, cost: 60 }

async function measureRaces(field: Field): Promise<string> {
  const rows = (await race(field, {})).map(({ subject, samples }) => {
    const admitted = samples.map((round) => sum(round, 'admitted'))
    const asked = `${PROCESSES * REQUESTS} for ${LIMIT}`
    return [TITLES[subject], asked, admitted.join(', '), String(over(admitted)), String(sum(samples.flat(), 'failed'))]
  })
  return table(['limiter', 'asked', 'admitted, by round', 'over the limit', 'failed'], rows)
}

async function measureHeavyRaces(field: Field): Promise<string> {
  const rows = (await race(field, { heavy: HEAVY })).map(({ subject, samples }) => {
    const charged = samples.map((round) => sum(round, 'charged'))
    const admitted = samples.map((round) => sum(round, 'admitted'))
    const failed = String(sum(samples.flat(), 'failed'))
    return [TITLES[subject], charged.join(', '), String(over(charged)), admitted.join(', '), failed]
  })
  return table(
    ['limiter', `used of ${LIMIT}, by round`, 'over the limit', 'requests admitted, by round', 'failed'],
    rows,
  )
}

/** Lets all processes ask for one subject at the same moment, a new one each round. */
function race({ limiters, settingOf }: Field, more: Pick<Work, 'heavy'>) {
  return sampleInTurns(limiters, ROUNDS, async (contender) => {
    const shared = { subject: randomUUID(), startAt: Date.now() + START_MS, requests: REQUESTS, inFlight: 25 }
    const work = { contender, setting: settingOf(contender, LIMIT), ...shared, ...more }
    return Promise.all(Array.from({ length: PROCESSES }, () => runWorker(work)))
  })
}

function sum(done: readonly Done[], of: 'admitted' | 'charged' | 'failed'): number {
  return done.reduce((total, each) => total + each[of], 0)
}

function over(used: readonly number[]): number {
  return used.reduce((total, each) => total + Math.max(0, each - LIMIT), 0)
}

function runWorker(work: Work): Promise<Done> {
  return runFresh<Done>([WORKER, JSON.stringify(work)], ENVIRONMENT)
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100)
}
