import { type Operation, run } from './policy.ts'

export interface FallbackEvent {
  type: 'fell-back'
  /** What the operation failed with. */
  error: unknown
}

/** Not a `Policy`, because the answer may be of another type: call it around the policies, not within `pipe`. */
export type Fallback<F> = <T>(operation: Operation<T>, signal?: AbortSignal) => Promise<T | F>

/** Makes the second-best answer. Its signal is the operation's: after a deadline it is aborted already. */
export type FallbackHandler<F> = (error: unknown, signal: AbortSignal) => F | Promise<F>

/**
 * Answers with `handle` where the operation fails with an error for which `when` holds; all other errors pass, and so
 * do those of `handle`. The original error goes to `onEvent`, before `handle` runs, and nowhere else.
 */
export function fallback<F>(
  handle: FallbackHandler<F>,
  when: (error: unknown) => boolean,
  onEvent?: (event: FallbackEvent) => void,
): Fallback<F> {
  return async (operation, signal = new AbortController().signal) => {
    try {
      return await run(operation, signal)
    } catch (error) {
      if (!when(error)) throw error
      onEvent?.({ type: 'fell-back', error })
      return handle(error, signal)
    }
  }
}
