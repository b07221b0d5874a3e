import { AppError } from '../errors.ts'
import { checkRange, MAX_MS, type Policy, run } from './policy.ts'
import type { StartTimer } from './timer.ts'

export interface TimeoutEvent {
  type: 'timed-out'
  ms: number
}

export interface TimeoutOptions {
  /** The time that the operation may take, in milliseconds. */
  ms: number
  startTimer: StartTimer
  onEvent?: (event: TimeoutEvent) => void
}

/**
 * Gives up on an operation after `ms`: aborts its signal, and rejects at once with a retryable `timed-out`, whether or
 * not the operation obeys the signal. What it did is then unknown: a write may have happened.
 *
 * An abort from outside reaches the operation, and rejects at once with its own reason. What the operation does later
 * is ignored. Neither a timer nor a listener is left.
 *
 * @throws RangeError for an `ms` out of range.
 */
export function timeout({ ms, startTimer, onEvent }: TimeoutOptions): Policy {
  checkRange({ ms }, 1, MAX_MS)
  return async (operation, outer = new AbortController().signal) => {
    outer.throwIfAborted()
    const inner = new AbortController()
    const aborted = Promise.withResolvers<never>()
    // The promise first: then our reason wins over the error with which the operation answers the abort.
    const abort = (reason: unknown) => {
      aborted.reject(reason)
      inner.abort(reason)
    }
    const passOn = () => abort(outer.reason)
    const cancel = startTimer(() => {
      abort(new AppError('timed-out', `No answer within ${ms} ms`, { retryable: true }))
      onEvent?.({ type: 'timed-out', ms })
    }, ms)
    outer.addEventListener('abort', passOn)
    try {
      // `run`, because an operation that throws synchronously must reach the race too.
      return await Promise.race([run(operation, inner.signal), aborted.promise])
    } finally {
      cancel()
      outer.removeEventListener('abort', passOn)
    }
  }
}
