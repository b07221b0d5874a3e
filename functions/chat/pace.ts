import type { Clock } from '../shared/clock.ts'
import { type StartTimer, sleep } from '../shared/resilience/timer.ts'

export interface PaceOptions {
  /** Calls a second. */
  perSecond: number
  now: Clock
  startTimer: StartTimer
}

/** Waits until the caller may make one more call. Rejects with the signal's reason once it aborts. */
export type Pace = (signal: AbortSignal) => Promise<void>

/** Calls that need no wait when none were made before, in milliseconds of the rate: timers are no finer. */
const BURST_MS = 20

/** Creates a pace, by which any number of callers together make so many calls a second, evenly spread. */
export function createPace({ perSecond, now, startTimer }: PaceOptions): Pace {
  const interval = 1000 / perSecond
  let next = 0
  return async (signal) => {
    next = Math.max(next, now() - BURST_MS) + interval
    const ms = next - interval - now()
    if (ms > 0) await sleep({ ms, signal, startTimer })
    signal.throwIfAborted()
  }
}
