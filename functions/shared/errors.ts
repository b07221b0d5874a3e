/** What went wrong, in words that are stable across releases. Callers switch on the code, never on the message. */
export type ErrorCode =
  | 'invalid-input'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'rate-limited'
  | 'dependency-failed'
  | 'timed-out'
  | 'circuit-open'

/**
 * An unexpected failure with a stable code. Expected outcomes (a taken alias, a missing link) are returned, not thrown.
 * The message is for logs: it never reaches a client.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  /** Whether the same call may succeed if it is made again. */
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
