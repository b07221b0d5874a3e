import { AppError } from '../errors.ts'

/** Work that stops when the signal aborts: it hands the signal on to its innermost wait. */
export type Operation<T> = (signal: AbortSignal) => Promise<T>

/**
 * Runs an operation under a rule. Without a signal nothing aborts it from outside.
 *
 * Policies report their events through `onEvent`, which is called synchronously and must not throw.
 */
export type Policy = <T>(operation: Operation<T>, signal?: AbortSignal) => Promise<T>

/** The policy that adds nothing. What is aborted already is not begun: it rejects with the signal's reason. */
export const run: Policy = async (operation, signal = new AbortController().signal) => {
  signal.throwIfAborted()
  return operation(signal)
}

/** One policy out of several, the outermost first: `pipe(retry, timeout)` gives each try its own time. */
export function pipe(...policies: readonly Policy[]): Policy {
  return policies.reduceRight<Policy>(
    (inner, outer) => (operation, signal) => outer((innerSignal) => inner(operation, innerSignal), signal),
    run,
  )
}

/**
 * Returns whether an error may pass by itself: an `AppError` that says so. An open circuit doesn't close while a caller
 * waits for it, so it is neither a reason to retry nor a failure of the dependency.
 */
export function isTransient(error: unknown): boolean {
  return error instanceof AppError && error.retryable && error.code !== 'circuit-open'
}

/** The longest that a Lambda function runs. `setTimeout` takes 2^31 - 1 ms, and fires at once beyond. */
export const MAX_MS = 900_000

/**
 * Refuses options out of range, `NaN` and infinity too, while the function initialises.
 *
 * @throws RangeError naming the option, its value and its limits.
 */
export function checkRange(options: Record<string, number>, min: number, max: number): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(value >= min && value <= max)) throw new RangeError(`${name} is ${value}: it must be from ${min} to ${max}.`)
  }
}
