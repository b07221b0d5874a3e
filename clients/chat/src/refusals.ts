const RETRIED: ReadonlySet<string> = new Set(['CONFLICT_RETRY', 'RATE_LIMITED', 'UNAVAILABLE'])

/** Checks whether the same action may succeed later. */
export function mayRetry(code: string): boolean {
  return RETRIED.has(code)
}
