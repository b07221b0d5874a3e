import type { LiveConnection } from '../domain/live-connection.ts'

export interface DisconnectDeps {
  /** Removes the record of a connection. */
  remove: (connection: LiveConnection, signal: AbortSignal) => Promise<void>
  listMemberships: (user: Pick<LiveConnection, 'tenant' | 'user'>, signal: AbortSignal) => Promise<readonly string[]>
  /** Removes a connection from the recipients of rooms. */
  deregister: (connection: LiveConnection, rooms: readonly string[], signal: AbortSignal) => Promise<void>
}

/**
 * Creates what forgets a connection that was closed. If it fails, or is never called, the worker of each room notices
 * that the connection is gone with the next event.
 */
export function createDisconnect({ remove, listMemberships, deregister }: DisconnectDeps) {
  return async (connection: LiveConnection, signal: AbortSignal): Promise<void> => {
    await remove(connection, signal)
    await deregister(connection, await listMemberships(connection, signal), signal)
  }
}
