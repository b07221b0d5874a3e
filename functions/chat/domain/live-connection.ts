import type { RoomId } from './room.ts'
import type { UserId } from './user.ts'

/** A live WebSocket of a user, as the table knows it. */
export interface LiveConnection extends UserId {
  readonly connectionId: string
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
}

/** The record of a connection. */
export interface ConnectionRecord extends LiveConnection {
  /** The time of its latest `ping`, in milliseconds since the epoch; at first that at which it was opened. */
  readonly seenAt: number
  /** The rooms that it watches. */
  readonly watched: readonly string[]
  /** Set once it was silent for too long: it may be open all the same, and its next frame shows that. */
  readonly vanished?: boolean
}

/** A live connection that gets the events of a room, in the name of a member. */
export interface Recipient {
  readonly connectionId: string
  readonly user: string
  /** The number of the event by which the user joined. */
  readonly joined: number
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
}

/**
 * Registers a connection in those of the rooms whose member its user is, and returns the rooms with the recipient that
 * it is there. The membership is checked in the same transaction, so that no recipient outlives a removal unnoticed.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) when others keep changing the same records.
 */
export type Register = (
  connection: LiveConnection,
  rooms: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Recipient>>

/** Connections of a user, at most: the oldest is closed beyond. */
export const MAX_CONNECTIONS = 10

/**
 * The time after which the table forgets a connection by itself: API Gateway ends one after 2 hours, and the rest is for
 * a client's clock and for the deletion of the records.
 */
export const CONNECTION_RECORD_MS = 130 * 60_000

/** The time in which a connection may not be open yet, although its record is there. */
export const OPENING_MS = 10_000

/** A part of a room's recipients, for which one worker delivers. */
export interface Shard {
  readonly id: RoomId
  readonly shard: number
}
