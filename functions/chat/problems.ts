import type { ProblemCode } from '../shared/errors.ts'
import type { ApiRefusal } from '../shared/http/api-description.ts'
import { HttpProblem } from '../shared/http/response.ts'
import type { CommitResult, RefusalCode } from './domain/commit.ts'
import { MAX_ROOMS } from './domain/room.ts'
import { MAX_BODY_BYTES } from './domain/text.ts'

/** The codes of chat's own problems, beside the common ones (`PROBLEM_CODES`). */
export const CHAT_PROBLEM_CODES = [
  'banned',
  'blocked',
  'conflict',
  'conflict-retry',
  'forbidden',
  'last-owner',
  'limit-reached',
  'muted',
  'not-member',
] as const

/** Every code that a client of chat can see over HTTP. */
export type ChatProblemCode = ProblemCode | (typeof CHAT_PROBLEM_CODES)[number]

/** A commit that was not made. */
export type NotCommitted = Exclude<CommitResult, { outcome: 'committed' }>

/** The status and the code of each reason to refuse a commit. */
const REFUSED: Record<RefusalCode, readonly [status: number, code: ChatProblemCode]> = {
  // One who isn't a member of a room must not learn that it exists.
  'not-member': [404, 'not-member'],
  'not-found': [404, 'not-found'],
  muted: [403, 'muted'],
  blocked: [403, 'blocked'],
  forbidden: [403, 'forbidden'],
  banned: [409, 'banned'],
  conflict: [409, 'conflict'],
  'last-owner': [409, 'last-owner'],
  'limit-reached': [409, 'limit-reached'],
  'precondition-failed': [412, 'precondition-failed'],
  invalid: [422, 'invalid-input'],
  'rate-limited': [429, 'rate-limited'],
}

/** Builds the problem of a commit that was not made. Waits are rounded up to whole seconds. */
export function notCommitted(result: NotCommitted): HttpProblem<ChatProblemCode> {
  if (result.outcome === 'contended') {
    const detail = 'Others kept changing this room. Try again.'
    return problem(409, 'conflict-retry', { detail, retryAfterMs: result.retryAfterMs })
  }
  return problem(...REFUSED[result.code], { detail: result.message, retryAfterMs: result.retryAfterMs })
}

export function notMember(): HttpProblem<ChatProblemCode> {
  return problem(...REFUSED['not-member'], { detail: 'You are not a member of this room.' })
}

export function notFound(detail: string): HttpProblem<ChatProblemCode> {
  return problem(...REFUSED['not-found'], { detail })
}

/** Builds the problem of a file that isn't there, or that the caller may not see. */
export function noSuchAttachment(): HttpProblem<ChatProblemCode> {
  return notFound('There is no such file.')
}

export function forbidden(detail: string): HttpProblem<ChatProblemCode> {
  return problem(...REFUSED.forbidden, { detail })
}

/** Builds the problem of what must not be there already (`If-None-Match: *`). */
export function alreadyThere(detail: string): HttpProblem<ChatProblemCode> {
  return problem(...REFUSED['precondition-failed'], { detail })
}

/** Builds the problem of a message with too long a body. */
export function tooLarge(): HttpProblem<ChatProblemCode> {
  return problem(413, 'too-large', { detail: `A message may have at most ${MAX_BODY_BYTES} bytes of UTF-8.` })
}

/** Builds the problem of a room with a user who has as many as a user can have. */
export function limitReached(): HttpProblem<ChatProblemCode> {
  return problem(...REFUSED['limit-reached'], { detail: `A user can be a member of at most ${MAX_ROOMS} rooms.` })
}

function problem(
  status: number,
  code: ChatProblemCode,
  { detail, retryAfterMs }: { detail: string; retryAfterMs?: number | undefined },
): HttpProblem<ChatProblemCode> {
  const headers = retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
  return new HttpProblem<ChatProblemCode>({ status, code, detail, ...(headers && { headers }) })
}

/** Describes the answer about a room of which the caller isn't a member. */
export const roomNotFound: ApiRefusal = {
  name: 'RoomNotFound',
  description: 'The caller is not a member of this room, or there is none.',
  codes: ['not-member'],
}

/** Describes the refusals of every change of a room, with those of one route. */
export function changeRefusals(own: { readonly 409?: ApiRefusal } = {}): Record<403 | 404 | 409 | 429, ApiRefusal> {
  return {
    403: { description: 'The caller may not do this in this room.', codes: ['forbidden'] },
    404: { ...roomNotFound, name: 'RoomOrUserNotFound', codes: ['not-member', 'not-found'] },
    409: {
      description: ['Others kept changing this room.', own[409]?.description ?? []].flat().join(' '),
      codes: [...(own[409]?.codes ?? []), 'conflict-retry'],
      headers: ['Retry-After'],
    },
    429: {
      description: 'The caller changes this room too often.',
      codes: ['rate-limited'],
      headers: ['Retry-After'],
    },
  }
}
