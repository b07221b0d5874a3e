import type { Random } from '../shared/clock.ts'
import { AppError } from '../shared/errors.ts'
import { randomPause, type StartTimer } from '../shared/resilience/timer.ts'

/**
 * Repeats what is judged by a read and written under its conditions, until nobody was in the way.
 *
 * @throws AppError (retryable) `conflict` when others were in the way all the time.
 */
export type Settle = <Result>(attempt: () => Promise<Result | 'raced'>, signal: AbortSignal) => Promise<Result>

/** Enough for 20 requests that write the same item at once; the pauses add up to 3.3 s at most. */
const MAX_TRIES = 10
const BASE_MS = 50
const CAP_MS = 500

export interface SettleOptions {
  random: Random
  startTimer: StartTimer
}

/** Creates what settles races: whoever loses one judges anew what is there, after a random pause. */
export function createSettle({ random, startTimer }: SettleOptions): Settle {
  return async <Result>(attempt: () => Promise<Result | 'raced'>, signal: AbortSignal) => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tries > 0) {
        await randomPause({ maxMs: Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1)), random, signal, startTimer })
      }
      const result = await attempt()
      if (result !== 'raced') return result
    }
    throw new AppError('conflict', `The same item changed during each of ${MAX_TRIES} tries`, { retryable: true })
  }
}
