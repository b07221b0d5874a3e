import type { RefusalCode } from './frames.ts'

/**
 * The reason for which HTTP gave no usable answer: the time limit passed, the connection failed, no token could be had,
 * or something other than the service answered (a status of a proxy or an overload, or a body that is not an answer).
 */
export type UnavailableReason = 'timeout' | 'unreachable' | 'no-token' | 'bad-status' | 'bad-answer'

/** HTTP or the WebSocket gave no usable answer. The client tries again by itself where it can. */
export class ChatUnavailable extends Error {
  override readonly name = 'ChatUnavailable'
  readonly reason: UnavailableReason

  constructor(reason: UnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** The service refused an HTTP request; a repetition changes nothing. */
export class ChatProblem extends Error {
  override readonly name = 'ChatProblem'
  /** The stable code of the service's problem, as in `not-member`, or `http-` and the status if it has none. */
  readonly code: string
  readonly httpStatus: number

  constructor(httpStatus: number, body: unknown) {
    const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown }
    const name = typeof code === 'string' ? code : `http-${httpStatus}`
    super(`The chat refused the request (${name})${typeof detail === 'string' ? `: ${detail}` : '.'}`)
    this.code = name
    this.httpStatus = httpStatus
  }
}

/**
 * The reason for which a commit failed: the service refused it with a code in capitals; `queue-full`, too many wait
 * already; `expired`, it could not be sent in time; `closed`, the client was closed.
 */
export type CommitFailureCode = RefusalCode | 'queue-full' | 'expired' | 'closed'

/** A message, edit, deletion or reaction failed, or may have. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed'
  readonly code: CommitFailureCode
  /**
   * `not-committed`: it is in no log and never will be. `unknown`: it was sent and no answer came. The same `cid` sent
   * again within 24 hours of the first time finds out, and is stored once.
   */
  readonly outcome: 'not-committed' | 'unknown'
  readonly cid: string

  constructor(failure: { code: CommitFailureCode; outcome: CommitFailed['outcome']; cid: string; message: string }) {
    super(failure.message)
    this.code = failure.code
    this.outcome = failure.outcome
    this.cid = failure.cid
  }
}
