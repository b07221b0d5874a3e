import { AppError } from '../errors.ts'

/**
 * Wraps what the SDK throws. Only what may pass by itself (DynamoDB can't be reached, fails or throttles) is retryable
 * and becomes a 503; a fault of ours (a bad expression, a missing permission) becomes a 500 that alarms.
 */
export function dependencyError(operation: string, cause: unknown): AppError {
  return new AppError('dependency-failed', `${operation} failed`, { cause, retryable: isTransient(cause) })
}

const TRANSIENT_NAMES = /Throttl|ThroughputExceeded|LimitExceeded|Timeout|AbortError/

function isTransient(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  if (TRANSIENT_NAMES.test(cause.name) || ('$fault' in cause && cause.$fault === 'server')) return true
  // Node's own network errors: ECONNREFUSED, ECONNRESET, ENOTFOUND, EPIPE, …
  return 'code' in cause && typeof cause.code === 'string' && /^E[A-Z_]+$/.test(cause.code)
}
