import type { LiveConnection } from './live-connection.ts'
import type { RoomId } from './room.ts'

/** A connection that watches a room: it gets the presence, typing and read markers of members, beside the events. */
export interface Watcher {
  readonly connectionId: string
  readonly user: string
}

/** Lists the connections that watch a room, consistently. Rejects as `DynamoDB` does. */
export type ListWatchers = (id: RoomId, signal: AbortSignal) => Promise<readonly Watcher[]>

/**
 * Replaces the rooms that a connection watches, or leaves them as they were: if its user isn't a member of all of the new
 * ones, or if the connection is closed or keeps changing them itself (`contended`). Rejects as `DynamoDB` does.
 */
export type SetWatched = (
  connection: LiveConnection,
  rooms: readonly string[],
  signal: AbortSignal,
) => Promise<'watched' | 'not-member' | 'contended'>

/** Rooms that a connection watches, at most. */
export const MAX_WATCHED = 20

/** Members of a room up to which presence, typing and read markers are sent. */
export const MAX_WATCHED_MEMBERS = 100
