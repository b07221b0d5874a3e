import type { ActionResult } from '../shared/websocket/socket-handler.ts'
import type { CommitResult, RefusalCode } from './domain/commit.ts'
import { MAX_BODY_BYTES } from './domain/text.ts'
import { toTime } from './fields.ts'

/** The code of each reason to refuse an action. Those of members and rooms, which only HTTP changes, never occur. */
const REFUSED = {
  'not-member': 'NOT_MEMBER',
  'not-found': 'NOT_FOUND',
  muted: 'MUTED',
  blocked: 'BLOCKED',
  forbidden: 'FORBIDDEN',
  conflict: 'CONFLICT',
  invalid: 'INVALID',
  'rate-limited': 'RATE_LIMITED',
  banned: 'CONFLICT',
  'last-owner': 'CONFLICT',
  'limit-reached': 'CONFLICT',
  'precondition-failed': 'CONFLICT',
} as const satisfies Record<RefusalCode, string>

/** Every code with which an action can be refused. */
export type AckCode = (typeof REFUSED)[RefusalCode] | 'TOO_LARGE' | 'CONFLICT_RETRY' | 'UNAVAILABLE'

/** Writes the result of a commit as an ack. */
export function committedAck(result: CommitResult): ActionResult<AckCode> {
  switch (result.outcome) {
    case 'committed':
      return { ok: true, seq: result.seq, ts: toTime(result.at), dup: result.dup }
    case 'contended': {
      const message = 'Others kept changing this room. Try again.'
      return { ok: false, code: 'CONFLICT_RETRY', message, retryAfterMs: result.retryAfterMs }
    }
    case 'refused': {
      const { code, message, retryAfterMs } = result
      return { ok: false, code: REFUSED[code], message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    }
  }
}

export function notMemberAck(): ActionResult<AckCode> {
  return { ok: false, code: 'NOT_MEMBER', message: 'You are not a member of this room.' }
}

/** The ack of what a client itself prevents, such as frames to a connection that it closed: no failure of the service. */
export function tryAgainAck(): ActionResult<AckCode> {
  return { ok: false, code: 'UNAVAILABLE', message: 'Try again soon.', retryAfterMs: 1000 }
}

export function tooLargeAck(): ActionResult<AckCode> {
  return { ok: false, code: 'TOO_LARGE', message: `A message may have at most ${MAX_BODY_BYTES} bytes of UTF-8.` }
}
