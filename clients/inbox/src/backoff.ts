const BASE_MS = 1000
const MAX_MS = 60_000

/**
 * Returns the wait before another try, in milliseconds: anything from 0 to a limit that doubles with each try, so that
 * clients that failed together don't come back together (full jitter).
 *
 * @param attempt 0 after the first failure.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_MS, BASE_MS * 2 ** Math.min(attempt, 30))
}
