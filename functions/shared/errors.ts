/** What went wrong, in words that are stable across releases. Callers switch on the code, never on the message. */
export type ErrorCode =
  | 'invalid-input'
  | 'conflict'
  | 'rate-limited'
  | 'dependency-failed'
  | 'timed-out'
  | 'circuit-open'

/**
 * An unexpected failure with a stable code. Expected outcomes (a taken alias, a missing link) are returned, not thrown.
 * The message and the code are for logs: they never reach a client, who gets a problem.
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

/**
 * The codes of the problems that clients of every system can see. A system lists its own in a file at its root, and
 * composes a union of both (`type LinkProblemCode = ProblemCode | …`).
 */
export const PROBLEM_CODES = [
  'idempotency-key-reused',
  'internal-error',
  'invalid-cursor',
  'invalid-input',
  'invalid-json',
  'method-not-allowed',
  'not-found',
  'operation-in-progress',
  'precondition-failed',
  'rate-limited',
  'scope-missing',
  'tenant-missing',
  'too-large',
  'unauthorized',
  'unavailable',
  'unsupported-media-type',
] as const

export type ProblemCode = (typeof PROBLEM_CODES)[number]
