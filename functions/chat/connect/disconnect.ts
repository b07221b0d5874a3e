import type { ConnectionRecord, LiveConnection } from '../domain/live-connection.ts'
import type { RoomId } from '../domain/room.ts'
import type { Announce } from './announce.ts'

export interface DisconnectDeps {
  /** Reads the record of a connection; `undefined` if it was forgotten. */
  get: (connection: LiveConnection, signal: AbortSignal) => Promise<ConnectionRecord | undefined>
  /** Removes the record of a connection. */
  remove: (connection: LiveConnection, signal: AbortSignal) => Promise<void>
  listMemberships: (user: Pick<LiveConnection, 'tenant' | 'user'>, signal: AbortSignal) => Promise<readonly string[]>
  /** Removes a connection from the recipients of rooms. */
  deregister: (connection: LiveConnection, rooms: readonly string[], signal: AbortSignal) => Promise<void>
  announce: Announce
  removeWatcher: (id: RoomId, connectionId: string, signal: AbortSignal) => Promise<void>
}

/**
 * Creates what forgets a connection that was closed. If it fails, or is never called, the worker of each room notices
 * that the connection is gone with the next event.
 */
export function createDisconnect(deps: DisconnectDeps) {
  const { get, remove, listMemberships, deregister, announce, removeWatcher } = deps

  return async (connection: LiveConnection, signal: AbortSignal): Promise<void> => {
    const record = await get(connection, signal)
    await remove(connection, signal)
    const { tenant, user, connectionId } = connection
    await announce({ tenant, user }, signal)
    await Promise.all((record?.watched ?? []).map((room) => removeWatcher({ tenant, room }, connectionId, signal)))
    await deregister(connection, await listMemberships(connection, signal), signal)
  }
}
