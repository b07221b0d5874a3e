import type { Cause } from '../../shared/events/event.ts'
import type { ConnectionRecord } from './live-connection.ts'
import { EVERYONE, type Message } from './message.ts'
import { vanishesIn } from './presence.ts'
import { type Membership, notifyLevelOf, type Room, type RoomId } from './room.ts'

/** Asks which members missed a message. */
export interface MissedCheck {
  readonly id: RoomId
  /** The number of the message. */
  readonly seq: number
  readonly cause: Pick<Cause, 'correlationId' | 'traceparent'>
  /** The list of those who may have missed it; without one, they are found first. */
  readonly list?: MissedList | undefined
}

/** Some of those who may have missed a message, at most `MAX_RECIPIENTS`. */
export interface MissedList {
  /** Tells apart the lists of one message. */
  readonly part: number
  readonly users: readonly string[]
}

/** Asks for checks after a delay in milliseconds, some perhaps twice. Rejects if some could not be asked for. */
export type CheckMissedLater = (checks: readonly MissedCheck[], delayMs: number, signal: AbortSignal) => Promise<void>

/** Recipients of an event: it is written together with a record for each of them, and a transaction takes 100 items. */
export const MAX_RECIPIENTS = 99

/** The time after a message within which a `ping` proves that a connection was live for it, in milliseconds. */
export const PING_WITHIN_MS = 60_000

/** The time in which a member hears of one missed message of a room, in milliseconds. */
export const NOTIFIED_ONCE_IN_MS = 60_000

/**
 * The age from which nobody is notified of a message any more, in milliseconds: that of the oldest dead letter. Who was
 * notified is recorded for longer than this, so that a check that comes again finds it.
 */
export const NOTIFIED_UNTIL_MS = 14 * 24 * 3_600_000

/** The latest missed message of a room of which a member was notified. */
export interface LastNotified {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * Lists users who may have to hear of a message, without those whom only their own level makes hear of it
 * (`listeners`), or `all`.
 */
export function addressees({ pair }: Pick<Room, 'pair'>, { mentions }: Pick<Message, 'mentions'>) {
  if (pair) return pair
  return mentions.includes(EVERYONE) ? 'all' : mentions
}

/** Checks whether a member has to hear of a message when it was missed: who reads it later than this may hear of it. */
export function concerns(membership: Membership, { seq, user, mentions }: Message): boolean {
  const { member } = membership
  if (member.user === user || member.joined > seq || member.read >= seq) return false
  const level = notifyLevelOf(membership)
  return level === 'all' || (level === 'mentions' && (mentions.includes(EVERYONE) || mentions.includes(member.user)))
}

/**
 * Checks whether a member may be notified of a message: not if they were notified of this or a later one before, nor if
 * they were notified of another one just now.
 */
export function mayBeNotified(notified: LastNotified | undefined, seq: number, now: number): boolean {
  return notified === undefined || (notified.seq < seq && notified.at <= now - NOTIFIED_ONCE_IN_MS)
}

/** `unknown`: a connection is open, but has not proved yet that it was live. */
export type Attendance = 'live' | 'unknown' | 'away'

/** Returns whether a user was there for a message that was sent at a time, by the user's connections. */
export function attendanceOf(
  connections: readonly Pick<ConnectionRecord, 'seenAt'>[],
  { sentAt, now }: { readonly sentAt: number; readonly now: number },
): Attendance {
  if (connections.some(({ seenAt }) => seenAt >= sentAt)) return 'live'
  const mayLive = now < sentAt + PING_WITHIN_MS && connections.some((record) => vanishesIn(record, now) > 0)
  return mayLive ? 'unknown' : 'away'
}
