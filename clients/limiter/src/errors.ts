/**
 * The reason why there is no usable answer: the time limit passed, the connection failed, no token could be had, or
 * something other than the service answered (the status of a proxy or of an overload, or a body that is not an answer).
 */
export type UnavailableReason = 'timeout' | 'unreachable' | 'no-token' | 'bad-status' | 'bad-answer'

/** The service gave no usable answer. Whether it has done what it was asked for is unknown. */
export class LimiterUnavailable extends Error {
  override readonly name = 'LimiterUnavailable'
  readonly reason: UnavailableReason
  /** The status of the answer, if there was one. */
  readonly httpStatus: number | undefined

  constructor(
    reason: UnavailableReason,
    message: string,
    { httpStatus, cause }: { httpStatus?: number; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
    this.httpStatus = httpStatus
  }
}

/** A field that the service refused, and why. */
export interface FieldError {
  path: string
  message: string
}

/**
 * The service refused the request: the request, the token or the URL is wrong, and a repetition changes nothing. Nothing
 * was charged.
 */
export class LimiterProblem extends Error {
  override readonly name = 'LimiterProblem'
  /**
   * The stable code of the service's problem, as in `unknown-policy`. An answer without one, such as the 401 of API
   * Gateway, has `http-` and its status.
   */
  readonly code: string
  /** Not `status`: Express and Fastify would answer their own caller with an error's status. */
  readonly httpStatus: number
  readonly errors: readonly FieldError[]

  constructor(httpStatus: number, body: unknown) {
    const { code, detail, errors } = (body ?? {}) as { code?: unknown; detail?: unknown; errors?: unknown }
    const name = typeof code === 'string' ? code : `http-${httpStatus}`
    super(`The rate limiter refused the request (${name})${typeof detail === 'string' ? `: ${detail}` : '.'}`)
    this.code = name
    this.httpStatus = httpStatus
    this.errors = Array.isArray(errors) ? errors : []
  }
}

/** The slot of running work was lost: it expired, or somebody reset its subject. */
export class SlotLost extends Error {
  override readonly name = 'SlotLost'
  readonly slotId: string

  constructor(slotId: string) {
    super(`The slot ${slotId} is lost: others may work at the same time.`)
    this.slotId = slotId
  }
}
