import type { Random } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'

export interface SettleOptions {
  random: Random
  startTimer: StartTimer
}

/**
 * Does what is judged on a read and written under its conditions, until no other request conflicts.
 *
 * @throws AppError (retryable) `conflict` when others keep changing the same policies.
 */
export type Settle = <Result>(attempt: () => Promise<Result | 'raced'>, signal: AbortSignal) => Promise<Result>

/** The pauses add up to 3.5 s at most: dozens of writers at once are let through one after another. */
const TRIES = { maxAttempts: 7, baseMs: 100, capMs: 1000 }

/**
 * Creates the way in which policies and overrides change: whoever loses to others, or finds their transactions in the way,
 * judges anew what is there after a random pause.
 */
export function createSettle({ random, startTimer }: SettleOptions): Settle {
  const untilItSettles = retry({ ...TRIES, isRetryable: isConflict, random, startTimer })
  return (attempt, signal) =>
    untilItSettles(async () => {
      const result = await attempt()
      if (result !== 'raced') return result
      throw new AppError('conflict', 'The policies changed during each try', { retryable: true })
    }, signal)
}

function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.code === 'conflict'
}
