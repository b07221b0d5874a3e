import type { RoomEvent } from './event.ts'
import type { Room, RoomId } from './room.ts'

/** Reads a room's head consistently; `undefined` if there is no such room. Rejects as `DynamoDB` does. */
export type ReadRoom = (id: RoomId, signal: AbortSignal) => Promise<Room | undefined>

/**
 * Returns events up to the first missing number. A query that runs while a transaction is applied may see some of its
 * items and not others (DynamoDB isolates the two by read-committed only), so what is missing from the sequence is about
 * to appear: what follows it waits for the next read, and no reader takes a gap for the truth.
 *
 * @param from the number of the first event.
 */
export function upToGap(events: readonly RoomEvent[], from: number): readonly RoomEvent[] {
  const gap = events.findIndex(({ seq }, index) => seq !== from + index)
  return gap === -1 ? events : events.slice(0, gap)
}

/**
 * Reads events consistently, in order and without a gap, from `after` (exclusive) to `upTo` (inclusive): as many as a page of 1 MB
 * holds, and at least one if there is any. Rejects as `DynamoDB` does.
 */
export type ReadEvents = (
  id: RoomId,
  range: { readonly after: number; readonly upTo: number },
  signal: AbortSignal,
) => Promise<readonly RoomEvent[]>
