import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Contender, createContender, type Said, type Setting } from './contenders.ts'

// Runs in one process of the benchmark: sends the requests that its only argument describes, and writes the results to
// stderr.

export interface Work {
  contender: Contender
  setting: Setting
  /** The key of all requests; without it, each uses one of a hundred. */
  subject?: string
  requests: number
  /** Every so many requests one costs more than 1. */
  heavy?: { every: number; cost: number }
  /** The number of concurrent requests. */
  inFlight: number
  /** Milliseconds since the epoch, because several processes start together. */
  startAt?: number
}

export interface Done extends Record<Said, number> {
  /** The cost of all requests that were admitted. */
  charged: number
  seconds: number
  /** The latency of each request, in milliseconds. */
  latencies: number[]
}

const SUBJECTS = 100
const WARM_UP = 50

async function work({ contender, setting, subject, requests, heavy, inFlight, startAt = 0 }: Work): Promise<Done> {
  const ask = await createContender(contender, setting)
  const run = randomUUID()
  for (let index = 0; index < WARM_UP; index++) await ask(`${run}-warm`, 1)
  await delay(Math.max(0, startAt - Date.now()))

  const done: Done = { admitted: 0, denied: 0, failed: 0, charged: 0, seconds: 0, latencies: [] }
  let left = requests
  const start = performance.now()
  const lane = async () => {
    while (left-- > 0) {
      const cost = heavy && left % heavy.every === 0 ? heavy.cost : 1
      const begun = performance.now()
      const said = await ask(subject ?? `${run}-${left % SUBJECTS}`, cost)
      done.latencies.push(performance.now() - begun)
      done[said] += 1
      if (said === 'admitted') done.charged += cost
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return { ...done, seconds: (performance.now() - start) / 1000 }
}

const done = await work(JSON.parse(process.argv[2] ?? ''))
process.stderr.write(`\n${JSON.stringify(done)}\n`, () => process.exit())
