import type { RoomId } from './room.ts'

/** A connection that watches a room: it gets what is told of its members, beside the events. */
export interface Watcher {
  readonly connectionId: string
  readonly user: string
}

/** Lists the connections that watch a room, consistently. Rejects as `DynamoDB` does. */
export type ListWatchers = (id: RoomId, signal: AbortSignal) => Promise<readonly Watcher[]>

/** Rooms that a connection watches, at most. */
export const MAX_WATCHED = 20

/** Members of a room up to which presence, typing and read markers are told. */
export const MAX_WATCHED_MEMBERS = 100
