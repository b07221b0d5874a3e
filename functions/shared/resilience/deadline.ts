import { AppError } from '../errors.ts'
import { checkRange, MAX_MS } from './policy.ts'
import type { StartTimer } from './timer.ts'

export interface DeadlineOptions {
  /** The invocation's `context.getRemainingTimeInMillis()`. */
  remainingMs: number
  /** The time that is kept back to answer, log and flush. */
  reserveMs: number
  startTimer: StartTimer
}

export interface Deadline {
  /** Aborts with a retryable `timed-out` once only the reserve is left. */
  signal: AbortSignal
  /**
   * Call it in `finally`: Lambda freezes the environment between invocations, and a timer that is left would fire in
   * the next one.
   */
  dispose: () => void
}

/**
 * One signal for all calls of an invocation, so that the function answers instead of being killed at its timeout.
 * Where the reserve is all that is left, the signal is aborted from the start.
 *
 * @throws RangeError for a reserve out of range.
 */
export function deadlineSignal({ remainingMs, reserveMs, startTimer }: DeadlineOptions): Deadline {
  checkRange({ reserveMs }, 0, MAX_MS)
  const ms = remainingMs - reserveMs
  const controller = new AbortController()
  const expire = () => {
    controller.abort(
      new AppError('timed-out', `Not done ${reserveMs} ms before the function's end`, { retryable: true }),
    )
  }
  if (ms > 0) return { signal: controller.signal, dispose: startTimer(expire, ms) }
  expire()
  return { signal: controller.signal, dispose() {} }
}
