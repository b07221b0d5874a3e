/** Error codes, which are stable across releases. Callers switch on the code, never on the message. */
export type ErrorCode =
  | 'invalid-input'
  | 'conflict'
  | 'rate-limited'
  | 'dependency-failed'
  | 'timed-out'
  | 'circuit-open'

/**
 * An unexpected failure with a stable code. Expected outcomes (a taken alias, a missing link) are returned, not thrown.
 * The code and the message are for logs: a client never sees them, but gets a problem instead.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  /** True if the same call may succeed when it is repeated. */
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/**
 * The codes of the problems that clients of every system can see. A system lists its own codes in a file at its root,
 * and defines the union of both (`type LinkProblemCode = ProblemCode | …`).
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
