import type { Random } from '../clock.ts'
import { checkRange, isTransient, MAX_MS, type Policy } from './policy.ts'
import type { RetryBudget } from './retry-budget.ts'
import { type StartTimer, sleep } from './timer.ts'

/** The reason why an error was not followed by another attempt. */
export type GiveUpReason = 'aborted' | 'not-retryable' | 'attempts-used' | 'budget-empty'

/** `attempt` is the one that failed with `error`; the first is 1. */
export type RetryEvent =
  | { type: 'retrying'; attempt: number; delayMs: number; error: unknown }
  | { type: 'gave-up'; attempt: number; reason: GiveUpReason; error: unknown }

export interface RetryOptions {
  /** Tries in all, the first one included. */
  maxAttempts: number
  /** The longest pause before the second try; it doubles with each further one. */
  baseMs: number
  /** The longest pause before any try. */
  capMs: number
  /** Shared by all operations of a client. Without one, only `maxAttempts` limits the retries. */
  budget?: RetryBudget
  /** By default what says of itself that it may pass: see `isTransient`. */
  isRetryable?: (error: unknown) => boolean
  startTimer: StartTimer
  random: Random
  onEvent?: (event: RetryEvent) => void
}

/** More tries than this are a queue's work. */
const MAX_ATTEMPTS = 100

/**
 * Tries again what may pass, after a random pause of up to `min(capMs, baseMs * 2 ** n)` ms: "full jitter" of
 * "Exponential Backoff and Jitter" (AWS Architecture Blog,
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). For operations that may run twice.
 *
 * It always rejects with the last error of the operation itself, also when the signal (a deadline's, say) aborts during
 * a try or a pause: that error says what was wrong, and the signal's reason is in the caller's hands already. Only what
 * is aborted before the first try rejects with the signal's reason.
 *
 * @throws RangeError for an option out of range.
 */
export function retry(options: RetryOptions): Policy {
  const { maxAttempts, baseMs, capMs, budget, isRetryable = isTransient, startTimer, random, onEvent } = options
  checkRange({ maxAttempts }, 1, MAX_ATTEMPTS)
  checkRange({ baseMs, capMs }, 0, MAX_MS)

  /** The order matters: a retry is taken from the budget only when nothing else forbids it. */
  function reasonToGiveUp(error: unknown, attempt: number, signal: AbortSignal): GiveUpReason | undefined {
    if (signal.aborted) return 'aborted'
    if (!isRetryable(error)) return 'not-retryable'
    if (attempt >= maxAttempts) return 'attempts-used'
    if (budget && !budget.withdraw()) return 'budget-empty'
    return undefined
  }

  return async (operation, signal = new AbortController().signal) => {
    signal.throwIfAborted()
    budget?.deposit()
    // Ends after `maxAttempts` at the latest: see `reasonToGiveUp`.
    for (let attempt = 1; ; attempt++) {
      try {
        return await operation(signal)
      } catch (error) {
        const giveUp = (reason: GiveUpReason): never => {
          onEvent?.({ type: 'gave-up', attempt, reason, error })
          throw error
        }
        const reason = reasonToGiveUp(error, attempt, signal)
        if (reason) giveUp(reason)
        const delayMs = random() * Math.min(capMs, baseMs * 2 ** (attempt - 1))
        onEvent?.({ type: 'retrying', attempt, delayMs, error })
        await sleep({ ms: delayMs, signal, startTimer })
        if (signal.aborted) giveUp('aborted')
      }
    }
  }
}
