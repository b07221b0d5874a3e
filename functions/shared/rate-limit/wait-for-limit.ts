import type { Clock, Random } from '../clock.ts'
import { checkRange, MAX_MS } from '../resilience/policy.ts'
import { type StartTimer, sleep } from '../resilience/timer.ts'
import { longestRetryMs } from './http/rate-limit-fields.ts'
import type { Decided, Limit } from './policy.ts'

export interface Waiting {
  /** The longest that a caller waits instead of being denied, in milliseconds. */
  maxWaitMs: number
  now: Clock
  random: Random
  startTimer: StartTimer
}

/** The shortest pause between two tries. */
const MIN_PAUSE_MS = 25
/** Spreads callers that wait for the same window over this part of their wait, and over `MIN_JITTER_MS` at least. */
const JITTER = 0.25
const MIN_JITTER_MS = 100

/**
 * Makes a limit wait: denied checks are tried again when they may pass, and a random time later, as long as that is
 * before `maxWaitMs` is over. A denial stands at once where waiting doesn't help (it can never pass, or the table can't
 * decide), and when the signal aborts: nothing was charged for it.
 *
 * @throws RangeError for a `maxWaitMs` out of range.
 */
export function waitForLimit(limit: Limit, { maxWaitMs, now, random, startTimer }: Waiting): Limit {
  checkRange({ maxWaitMs }, 0, MAX_MS)
  const maxTries = 1 + Math.floor(maxWaitMs / MIN_PAUSE_MS)
  const pauseMs = (decided: Decided, leftMs: number): number | undefined => {
    const retryMs = longestRetryMs(decided)
    if (decided.allowed || retryMs === null || isDegraded(decided)) return undefined
    const atLeast = Math.max(retryMs, MIN_PAUSE_MS)
    if (atLeast > leftMs) return undefined
    return atLeast + random() * Math.min(leftMs - atLeast, Math.max(atLeast * JITTER, MIN_JITTER_MS))
  }

  return async (checks, signal) => {
    const until = now() + maxWaitMs
    let decided = await limit(checks, signal)
    for (let tries = 1; tries < maxTries; tries++) {
      const ms = pauseMs(decided, until - now())
      if (ms === undefined) return decided
      await sleep({ ms, signal, startTimer })
      if (signal.aborted) return decided
      decided = await limit(checks, signal)
    }
    return decided
  }
}

function isDegraded({ decisions }: Decided): boolean {
  return decisions.some(({ allowed, degraded }) => !allowed && degraded)
}
