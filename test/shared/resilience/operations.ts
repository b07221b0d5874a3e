import { getEventListeners } from 'node:events'
import { AppError } from '../../../functions/shared/errors.ts'
import type { Operation } from '../../../functions/shared/resilience/policy.ts'

/** An error that may pass. */
export function transientError(message = 'down'): AppError {
  return new AppError('dependency-failed', message, { retryable: true })
}

/** An error that doesn't. */
export function lastingError(): AppError {
  return new AppError('dependency-failed', 'refused')
}

/** An operation that fails with each of the errors in turn, and then succeeds; `signals` has one for each call. */
export function failing(...errors: unknown[]): { operation: Operation<string>; signals: AbortSignal[] } {
  const left = [...errors]
  const signals: AbortSignal[] = []
  return {
    signals,
    operation: async (signal) => {
      signals.push(signal)
      if (left.length > 0) throw left.shift()
      return 'done'
    },
  }
}

export interface Held<T> {
  operation: Operation<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
  signals: AbortSignal[]
}

/** An operation whose end the test decides; it doesn't heed its signal. */
export function held<T = string>(): Held<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const signals: AbortSignal[] = []
  return {
    operation: (signal) => {
      signals.push(signal)
      return promise
    },
    resolve,
    reject,
    signals,
  }
}

/** Returns how a promise ends. Call it at once, so that a rejection is never unhandled. */
export function outcomeOf(promise: Promise<unknown>): Promise<{ value: unknown } | { error: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  )
}

export function abortListeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length
}
