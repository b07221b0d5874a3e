import type { RoomEvent } from './event.ts'
import type { Room, RoomId } from './room.ts'

/** Reads a room's head consistently; `undefined` if there is no such room. Rejects as `DynamoDB` does. */
export type ReadRoom = (id: RoomId, signal: AbortSignal) => Promise<Room | undefined>

/**
 * Reads events consistently and in order, from `after` (exclusive) to `upTo` (inclusive): as many as a page of 1 MB
 * holds, and at least one if there is any. Rejects as `DynamoDB` does.
 */
export type ReadEvents = (
  id: RoomId,
  range: { readonly after: number; readonly upTo: number },
  signal: AbortSignal,
) => Promise<readonly RoomEvent[]>
