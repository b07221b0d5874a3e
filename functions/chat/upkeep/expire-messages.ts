import type { Clock } from '../../shared/clock.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { RoomEvent } from '../domain/event.ts'
import type { Room, RoomId } from '../domain/room.ts'
import { retentionMs } from '../domain/upkeep.ts'

/** The log of a room, as its retention shortens it. All reject as `DynamoDB` does. */
export interface ExpiringLog {
  /** Reads the oldest events that there are, consistently. `more`: others follow. */
  readOldest: (
    id: RoomId & { to: number; limit: number },
    signal: AbortSignal,
  ) => Promise<{ events: readonly RoomEvent[]; more: boolean }>
  /** Raises the floor of a room that still has this retention. @returns false if it hasn't. */
  raiseFloor: (id: RoomId & { floor: number; retentionDays: number }, signal: AbortSignal) => Promise<boolean>
  /** Removes an event with all that belongs to it: a message, its files, what finds it, its edits above the floor. */
  eraseEvent: (expired: { id: RoomId; event: RoomEvent; floor: number }, signal: AbortSignal) => Promise<void>
  /** Removes the newest message from the room's head if it is below the floor. */
  eraseLastMessage: (id: RoomId & { floor: number }, signal: AbortSignal) => Promise<void>
}

export interface ExpireMessagesDeps extends ExpiringLog {
  now: Clock
}

/** The outcome of a step: more work at once, or the time of the next, in milliseconds since the epoch. */
export type StepOutcome = { readonly isDone: false } | { readonly isDone: true; readonly dueAt: number | null }

export type ExpireMessages = (
  input: { readonly id: RoomId; readonly room: Room; readonly retentionDays: number },
  signal: AbortSignal,
) => Promise<StepOutcome>

/** Events of a step, and those whose records are removed at a time. */
const MAX_EVENTS = 200
const CONCURRENCY = 10

/** The time between two steps of a room whose messages expire one after the other. */
const MIN_WAIT_MS = 3_600_000

/**
 * Creates a step of a room's retention. The floor is raised first, so that no reader takes what is removed then for a
 * gap. A step that ends early leaves events below the floor, with which the next begins.
 *
 * A room without an event that will expire is looked at again in a day: nothing that is sent until then expires earlier.
 */
export function expireMessages({ now, ...log }: ExpireMessagesDeps): ExpireMessages {
  return async ({ id, room, retentionDays }, signal) => {
    const life = retentionMs(retentionDays)
    const { events, more } = await log.readOldest({ ...id, to: room.head, limit: MAX_EVENTS }, signal)
    // Times never decrease from one event to the next.
    const kept = events.findIndex(({ seq, at }) => seq >= room.floor && at + life > now())
    const expired = kept === -1 ? events : events.slice(0, kept)
    const next = kept === -1 ? undefined : events[kept]
    const floor = Math.max(room.floor, next?.seq ?? (expired.at(-1)?.seq ?? 0) + 1)
    if (floor > room.floor && !(await log.raiseFloor({ ...id, floor, retentionDays }, signal))) return { isDone: false }
    const errors: unknown[] = []
    await inParallel(expired, CONCURRENCY, (event) =>
      log.eraseEvent({ id, event, floor }, signal).catch((error) => void errors.push(error)),
    )
    if (errors.length > 0) throw errors[0]
    // Last, because an edit of that message may write it there again as long as the message is stored.
    if (room.lastMessage && room.lastMessage.seq < floor) await log.eraseLastMessage({ ...id, floor }, signal)
    if (!next && more) return { isDone: false }
    return { isDone: true, dueAt: next ? Math.max(next.at + life, now() + MIN_WAIT_MS) : now() + retentionMs(1) }
  }
}
