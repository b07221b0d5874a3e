import type { Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import { retry } from './retry.ts'
import type { StartTimer } from './timer.ts'

/**
 * Repeats what is judged by a read and written under its conditions, until no other request conflicts, or the caller's
 * deadline has passed.
 *
 * @throws AppError (retryable) `conflict` when every try until the deadline conflicts with other requests, and what
 *   `attempt` throws.
 */
export type Settle = <Result>(attempt: () => Promise<Result | 'raced'>, signal: AbortSignal) => Promise<Result>

export interface SettleOptions {
  random: Random
  startTimer: StartTimer
}

/**
 * A request's deadline ends the tries long before the last one. Twelve were too few for 50 requests that write the same
 * item at once over a slow table: some failed at a call of 50 to 150 ms, although the deadline of 10 s left time.
 */
const TRIES = { maxAttempts: 100, baseMs: 100, capMs: 1000 }

/** Creates what settles races: whoever loses one judges anew what is there, after a random pause. */
export function createSettle(options: SettleOptions): Settle {
  return async (attempt, signal) => {
    const raced = new AppError('conflict', 'The same item changed during each try', { retryable: true })
    const untilItSettles = retry({ ...TRIES, ...options, isRetryable: (error) => error === raced })
    return untilItSettles(async () => {
      const result = await attempt()
      if (result === 'raced') throw raced
      return result
    }, signal)
  }
}
