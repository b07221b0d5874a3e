import type { Random } from '../../../functions/shared/clock.ts'
import { circuitBreaker } from '../../../functions/shared/resilience/circuit-breaker.ts'
import { type Policy, pipe } from '../../../functions/shared/resilience/policy.ts'
import { retry } from '../../../functions/shared/resilience/retry.ts'
import { retryBudget } from '../../../functions/shared/resilience/retry-budget.ts'
import { timeout } from '../../../functions/shared/resilience/timeout.ts'
import { failureRate } from '../../../functions/shared/resilience/trip-rule.ts'
import { createDependency } from './dependency.ts'
import { createVirtualTime } from './virtual-time.ts'

/** The ways in which callers protect the dependency, and themselves. Time limits and jitter are the same for all. */
export const WAYS = ['retries alone', 'with a budget', 'with a budget and a breaker'] as const

export type Way = (typeof WAYS)[number]

/** Seconds of the run, and those in which the dependency is slow. */
export const SECONDS = 60
export const BROWN_OUT = { from: 10, to: 20, factor: 4 }

/** The load is 70 % of what the dependency can do: ten workers, 50 ms each, 200 calls a second. */
export const OFFERED = 140
const WORKERS = 10
const SERVICE_MS = 50

/** Environments of a function, each with policies of its own. */
const ENVIRONMENTS = 20

/** The time limit of a try. */
const TRY_MS = 500

export interface Run {
  /** Requests that were answered in time, by the second of their answer. */
  readonly good: readonly number[]
  /** Calls that the dependency got, by second. */
  readonly calls: readonly number[]
}

/**
 * Runs a minute in which a dependency is four times as slow for ten seconds. The policies are those that every client of
 * the project has, with the same numbers.
 */
export async function simulate(way: Way, seed: number): Promise<Run> {
  const { now, startTimer, runUntil } = createVirtualTime()
  const random = createRandom(seed)
  const good = Array.from({ length: SECONDS }, () => 0)
  const calls = Array.from({ length: SECONDS }, () => 0)
  const isSlow = (at: number) => at >= BROWN_OUT.from * 1000 && at < BROWN_OUT.to * 1000
  const serviceMs = (at: number) => SERVICE_MS * (isSlow(at) ? BROWN_OUT.factor : 1)
  const dependency = createDependency({ workers: WORKERS, serviceMs, now, random, startTimer })
  const environments = Array.from({ length: ENVIRONMENTS }, () => policyOf(way, { now, random, startTimer }))

  async function request(): Promise<void> {
    const policy = environments[Math.floor(random() * ENVIRONMENTS)]
    try {
      await policy?.(() => {
        count(calls, now())
        return dependency()
      })
      count(good, now())
    } catch {
      // Nobody was answered: that is what is missing from the good ones.
    }
  }

  function arrive(): void {
    void request()
    startTimer(arrive, (-Math.log(1 - random()) * 1000) / OFFERED)
  }

  arrive()
  await runUntil(SECONDS * 1000)
  return { good, calls }
}

function count(seconds: number[], at: number): void {
  const second = Math.floor(at / 1000)
  if (second < SECONDS) seconds[second] = (seconds[second] ?? 0) + 1
}

interface PolicyParts extends Pick<ReturnType<typeof createVirtualTime>, 'now' | 'startTimer'> {
  readonly random: Random
}

function policyOf(way: Way, parts: PolicyParts): Policy {
  const { now } = parts
  const timed = timeout({ ms: TRY_MS, ...parts })
  const retries = { maxAttempts: 3, baseMs: 25, capMs: 250, ...parts }
  if (way === 'retries alone') return pipe(retry(retries), timed)
  const budgeted = retry({ ...retries, budget: retryBudget({ ratio: 0.2, perSecond: 1, reserve: 10, now }) })
  if (way === 'with a budget') return pipe(budgeted, timed)
  const tripRule = failureRate({ windowSize: 20, minCalls: 10, rate: 0.8 })
  return pipe(budgeted, circuitBreaker({ openMs: 2000, tripRule, now }), timed)
}

/** The generator mulberry32: 32 bits of state are plenty for a plot, and a seed gives the same run everywhere. */
function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
