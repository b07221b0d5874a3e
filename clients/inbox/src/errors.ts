/**
 * The reason for which there is no usable answer: the time limit passed, the connection failed, no token could be had,
 * or something other than the service answered (a status of a proxy or an overload, or a body that is not an answer).
 */
export type UnavailableReason = 'timeout' | 'unreachable' | 'no-token' | 'bad-status' | 'bad-answer'

/** HTTP or the WebSocket gave no usable answer. The client tries again by itself. */
export class InboxUnavailable extends Error {
  override readonly name = 'InboxUnavailable'
  readonly reason: UnavailableReason

  constructor(reason: UnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** The service refused an HTTP request, as for a token that is not the user's. */
export class InboxProblem extends Error {
  override readonly name = 'InboxProblem'
  /** The stable code of the service's problem, or `http-` and the status if it has none. */
  readonly code: string
  readonly httpStatus: number

  constructor(httpStatus: number, body: unknown) {
    const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown }
    const name = typeof code === 'string' ? code : `http-${httpStatus}`
    super(`The inbox refused the request (${name})${typeof detail === 'string' ? `: ${detail}` : '.'}`)
    this.code = name
    this.httpStatus = httpStatus
  }
}
