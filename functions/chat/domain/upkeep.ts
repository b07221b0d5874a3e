import type { RoomId } from './room.ts'

/** A room that needs work later: its messages expire, or what is left of it is removed after its deletion. */
export interface Upkeep {
  /** Milliseconds since the epoch. */
  readonly dueAt: number
}

/** A room whose work is due. */
export interface DueRoom extends RoomId, Upkeep {}

/**
 * The time from the deletion of a room to the removal of its log: by then every connection has been notified, and no
 * delivery reads the log any more.
 */
export const PURGE_AFTER_MS = 24 * 3_600_000

const DAY_MS = 24 * 3_600_000

/** Returns the time that messages of a room live, in milliseconds. */
export function retentionMs(days: number): number {
  return days * DAY_MS
}
