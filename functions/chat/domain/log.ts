import type { RoomEvent } from './event.ts'
import type { Room, RoomId } from './room.ts'

/** Reads a room's head consistently; `undefined` if there never was such a room. Rejects as `DynamoDB` does. */
export type ReadRoom = (id: RoomId, signal: AbortSignal) => Promise<Room | undefined>

/** A part of a room's log, both ends included. */
export interface LogRange extends RoomId {
  readonly from: number
  readonly to: number
  readonly limit: number
}

/**
 * Reads a part of a room's log consistently, in order and without a gap from `from` on, as far as one answer of the
 * table goes. Rejects as `DynamoDB` does.
 */
export type ReadEvents = (range: LogRange, signal: AbortSignal) => Promise<readonly RoomEvent[]>
