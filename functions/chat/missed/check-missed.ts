import type { Clock } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import type { Cause } from '../../shared/events/event.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { ConnectionRecord } from '../domain/live-connection.ts'
import type { ReadRoom } from '../domain/log.ts'
import type { Member } from '../domain/member.ts'
import type { Message } from '../domain/message.ts'
import {
  attendanceOf,
  type CheckMissedLater,
  concerns,
  type LastNotified,
  MAX_RECIPIENTS,
  type MissedCheck,
  type MissedList,
  mayBeNotified,
  NOTIFIED_UNTIL_MS,
  PING_WITHIN_MS,
} from '../domain/missed.ts'
import type { Room, RoomId } from '../domain/room.ts'
import type { FindUsers } from './find-users.ts'

/** A missed message, and those of a list who are notified of it. */
export interface Missed extends MissedList {
  readonly id: RoomId
  readonly room: Room
  readonly message: Message
  readonly cause: Cause
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface CheckMissedDeps {
  readRoom: ReadRoom
  readMessage: (id: RoomId & { readonly seq: number }, signal: AbortSignal) => Promise<Message | undefined>
  findUsers: FindUsers
  /** Reads the rows of those who are members, and of what they were last notified of, consistently. */
  readNotified: (
    id: RoomId,
    users: readonly string[],
    signal: AbortSignal,
  ) => Promise<readonly { readonly member: Member; readonly notified: LastNotified | undefined }[]>
  /** Lists a user's connections consistently. */
  listConnections: (
    user: { readonly tenant: string; readonly user: string },
    signal: AbortSignal,
  ) => Promise<readonly ConnectionRecord[]>
  /** Writes the event, and that all of its recipients were notified; nothing if any of them was meanwhile. */
  notify: (missed: Missed, signal: AbortSignal) => Promise<'notified' | 'refused'>
  checkLater: CheckMissedLater
  now: Clock
}

/** Counts of users: `later` are those whose connections have not proved yet whether they live. */
export interface CheckMissedCounts {
  readonly notified: number
  readonly later: number
}

export type CheckMissed = (check: MissedCheck, signal: AbortSignal) => Promise<CheckMissedCounts>

/** Users whose connections are read at a time. */
const CONCURRENCY = 10

/**
 * Creates what finds out who missed a message, and publishes it to other systems as an event. Users without a
 * connection have missed it at once; those with one are checked again when a `ping` would have shown that it is live. A
 * check may come twice: who was notified is recorded together with the event, so that nobody is notified of a message
 * twice, nor of one before another of which they were notified.
 *
 * @throws AppError (retryable) when others keep notifying the same users, and what the reads and writes throw.
 */
export function createCheckMissed(deps: CheckMissedDeps): CheckMissed {
  const { readRoom, readMessage, findUsers, checkLater, now } = deps
  const checkList = createCheckList(deps)

  return async (check, signal) => {
    const { id, seq, list } = check
    const [room, message] = await Promise.all([readRoom(id, signal), readMessage({ ...id, seq }, signal)])
    const nothing = { notified: 0, later: 0 }
    if (!room || room.deletedAt !== null || !message || message.deleted) return nothing
    if (message.at <= now() - NOTIFIED_UNTIL_MS) return nothing
    const lists = list ? [list] : toLists(await findUsers({ id, room, message }, signal))
    const [only] = lists
    if (!only) return nothing
    if (lists.length === 1) return checkList({ check, room, message, list: only }, signal)
    await checkLater(
      lists.map((one) => ({ ...check, list: one })),
      0,
      signal,
    )
    return { ...nothing, later: lists.reduce((sum, { users }) => sum + users.length, 0) }
  }
}

function toLists(users: readonly string[]): MissedList[] {
  return Array.from({ length: Math.ceil(users.length / MAX_RECIPIENTS) }, (_, part) => ({
    part,
    users: users.slice(part * MAX_RECIPIENTS, (part + 1) * MAX_RECIPIENTS),
  }))
}

interface ListCheck {
  readonly check: MissedCheck
  readonly room: Room
  readonly message: Message
  readonly list: MissedList
}

/** Tries, while other checks notify some of the same users. */
const MAX_TRIES = 5

/** Creates what checks the users of one list. */
function createCheckList({ readNotified, listConnections, notify, checkLater, now }: CheckMissedDeps) {
  /** Lists those who have to be notified unless they were there. */
  async function toNotify({ check, room, message, list }: ListCheck, signal: AbortSignal): Promise<string[]> {
    const rows = await readNotified(check.id, list.users, signal)
    return rows
      .filter(
        ({ member, notified }) => concerns({ room, member }, message) && mayBeNotified(notified, message.seq, now()),
      )
      .map(({ member }) => member.user)
  }

  async function attendance({ check, message, list }: ListCheck, signal: AbortSignal) {
    const users = { live: [] as string[], unknown: [] as string[], away: [] as string[] }
    const errors: unknown[] = []
    await inParallel(list.users, CONCURRENCY, async (user) => {
      try {
        const connections = await listConnections({ tenant: check.id.tenant, user }, signal)
        users[attendanceOf(connections, { sentAt: message.at, now: now() })].push(user)
      } catch (error) {
        errors.push(error)
      }
    })
    if (errors.length > 0) throw errors[0]
    return users
  }

  /** Notifies those who were away, and returns how many they are: whom other checks notify meanwhile is left out. */
  async function notifyAll(one: ListCheck, away: readonly string[], signal: AbortSignal): Promise<number> {
    const { id, cause } = one.check
    let users = away
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (users.length === 0) return 0
      const missed = { ...one, ...one.list, id, cause: { ...cause, causationId: null }, users, now: now() }
      if ((await notify(missed, signal)) === 'notified') return users.length
      users = await toNotify({ ...one, list: { ...one.list, users } }, signal)
    }
    throw new AppError('conflict', 'Other checks keep notifying the same users', { retryable: true })
  }

  return async (one: ListCheck, signal: AbortSignal): Promise<CheckMissedCounts> => {
    const { check, message, list } = one
    const users = await toNotify(one, signal)
    const { away, unknown } = await attendance({ ...one, list: { ...list, users } }, signal)
    const notified = await notifyAll(one, away, signal)
    if (unknown.length > 0) {
      const delayMs = Math.max(message.at + PING_WITHIN_MS - now(), 0)
      await checkLater([{ ...check, list: { ...list, users: unknown } }], delayMs, signal)
    }
    return { notified, later: unknown.length }
  }
}
