import { createHash } from 'node:crypto'
import type { Cause } from '../../shared/events/event.ts'
import type { EventContent } from './event.ts'
import type { Member } from './member.ts'
import type { CommitRecord, RecordKey, View, Write } from './records.ts'
import { type Room, type RoomId, shardsOf } from './room.ts'
import { type SendRate, takeToken } from './send-rate.ts'

/** The reasons for which a commit is refused, as clients see them: over WebSocket in capitals, with underscores. */
export const REFUSALS = [
  'not-member',
  'muted',
  'blocked',
  'banned',
  'forbidden',
  'not-found',
  'rate-limited',
  'invalid',
  'conflict',
  'last-owner',
  'limit-reached',
  'precondition-failed',
] as const

export type RefusalCode = (typeof REFUSALS)[number]

export interface Refusal {
  readonly outcome: 'refused'
  readonly code: RefusalCode
  /** A sentence for a person. */
  readonly message: string
  /** Milliseconds from now. */
  readonly retryAfterMs?: number
}

/** A change that adds one event to a room. */
export interface Change {
  readonly outcome: 'change'
  readonly content: EventContent
  /** Changes of the room's head, beside its number. */
  readonly room?: Partial<Room>
  readonly writes?: readonly Write[]
  /** Users who join and leave by it. */
  readonly joined?: readonly string[]
  readonly left?: readonly string[]
  /** The type of the event that other systems get of it, if any. */
  readonly publish?: 'chat.member.changed'
}

/** Nothing is to be done: what is asked for is so already, since the event `seq`. */
export interface Unchanged {
  readonly outcome: 'unchanged'
  readonly seq: number
  readonly at: number
}

export type Decision = Refusal | Change | Unchanged

/** The facts on which a decision about an existing room is based. */
export interface Situation {
  readonly room: Room
  /** The user who asks. */
  readonly actor: Member
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The number that the event will have. */
  readonly seq: number
  /**
   * The time that the event will have: now, unless the clock is behind that of an earlier event, because no member must
   * see time go back.
   */
  readonly at: number
  readonly view: View
}

/** Decides what a request changes, by its situation alone: it is asked again when the room changed meanwhile. */
export type Decide = (situation: Situation) => Decision

export interface CommitRequest extends RoomId {
  readonly user: string
  /** The client's id of the commit, and what tells it from others. Without one, a repeat is another commit. */
  readonly once?: { readonly cid: string; readonly fingerprint: string }
  /**
   * Records that the decision needs, beside the room's head and the member who asks. The change happens only if they
   * stay as they are.
   */
  readonly reads?: readonly RecordKey[]
  readonly decide: Decide
  readonly cause: Cause
}

export type CommitResult =
  /** `dup`: the commit was made before, or changes nothing. */
  | { readonly outcome: 'committed'; readonly seq: number; readonly at: number; readonly dup: boolean }
  | Refusal
  /** Others kept changing the room. */
  | { readonly outcome: 'contended'; readonly retryAfterMs: number }

/**
 * Makes a change of a room and its event in one transaction, together with all checks that allow it. A failure says
 * nothing about the outcome: the same request with the same client's id finds out.
 *
 * @throws what `DynamoDB` throws.
 */
export type Commit = (request: CommitRequest, signal: AbortSignal) => Promise<CommitResult>

/** The time for which a commit is recognised by its client's id. */
export const COMMIT_RECORD_MS = 24 * 3_600_000

/** A decision for a change, with its token taken. */
export interface Allowed extends Situation {
  readonly outcome: 'allowed'
  readonly change: Change
  readonly tokensFullAt: number
}

/** An allowed change, or a result that needs no transaction. */
export type Judgement = Exclude<CommitResult, { outcome: 'contended' }> | Allowed

export interface JudgeOptions {
  readonly now: number
  readonly rate: SendRate
}

/**
 * Judges a request by what was read. A repeat is recognised first, so that it costs no token and succeeds for a user
 * who was muted or removed since.
 */
export function judge(request: CommitRequest, view: View, { now, rate }: JudgeOptions): Judgement {
  const repeat = judgeRepeat(request, view, now)
  if (repeat) return repeat
  const { user } = request
  const room = view.get({ record: 'room' })
  const actor = view.get({ record: 'member', user })
  if (!room || room.deletedAt !== null || !actor) return refuse('not-member', 'You are not a member of this room.')
  const situation = { room, actor, now, seq: room.head + 1, at: Math.max(now, room.headAt), view }
  const decision = request.decide(situation)
  if (decision.outcome === 'refused') return decision
  if (decision.outcome === 'unchanged') return { outcome: 'committed', seq: decision.seq, at: decision.at, dup: true }
  const token = takeToken(actor.tokensFullAt, now, rate)
  if ('retryAfterMs' in token) {
    return refuse('rate-limited', 'Too many changes of this room in a short time.', token.retryAfterMs)
  }
  return { ...situation, outcome: 'allowed', change: decision, tokensFullAt: token.fullAt }
}

/**
 * Judges a request that was committed before; `undefined` for any other.
 *
 * @param now milliseconds since the epoch.
 */
export function judgeRepeat(
  { user, once }: Pick<CommitRequest, 'user' | 'once'>,
  view: View,
  now: number,
): Exclude<Judgement, Allowed> | undefined {
  const earlier = once && view.get({ record: 'commit', user, cid: once.cid })
  return earlier && earlier.expiresAt > now ? repeated(earlier, once.fingerprint) : undefined
}

/** Returns the number of workers that deliver the event of a change, and those that follow. */
export function shardsAfter({ room, change }: Pick<Allowed, 'room' | 'change'>): number {
  return shardsOf(change.room?.members ?? room.members, room.shards)
}

export function refuse(code: RefusalCode, message: string, retryAfterMs?: number): Refusal {
  return { outcome: 'refused', code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

function repeated({ seq, at, fingerprint }: CommitRecord, asked: string): Exclude<Judgement, Allowed> {
  if (fingerprint !== asked) return refuse('conflict', 'Another commit of yours in this room has this cid.')
  return { outcome: 'committed', seq, at, dup: true }
}

/** Returns what tells apart commits that ask for different things, in 22 characters. The order of fields matters. */
export function fingerprint(asked: object): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 22)
}
