import type { LiveConnection } from '../domain/live-connection.ts'

/**
 * Replaces the rooms that a connection watches, or leaves them as they were if its user isn't a member of all of the new
 * ones. Rejects as `DynamoDB` does, and with AppError (retryable) when the same connection keeps changing them.
 */
export type SetWatched = (
  connection: LiveConnection,
  rooms: readonly string[],
  signal: AbortSignal,
) => Promise<'watched' | 'not-member'>
