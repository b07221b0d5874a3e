import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import { type LiveConnection, MAX_CONNECTIONS, type Register } from '../domain/live-connection.ts'
import type { Announce } from './announce.ts'

type User = Pick<LiveConnection, 'tenant' | 'user'>

export interface ConnectDeps {
  /** Stores the record of a connection that is alive at this time. */
  put: (connection: LiveConnection, seenAt: number, signal: AbortSignal) => Promise<void>
  /** Lists a user's connections consistently. */
  list: (user: User, signal: AbortSignal) => Promise<readonly LiveConnection[]>
  /** Removes the record of a connection. */
  remove: (connection: LiveConnection, signal: AbortSignal) => Promise<void>
  /** Lists the rooms whose member a user is, consistently. */
  listMemberships: (user: User, signal: AbortSignal) => Promise<readonly string[]>
  register: Register
  /** Closes a connection, if it is open. */
  close: (connectionId: string, signal: AbortSignal) => Promise<unknown>
  announce: Announce
  now: Clock
  logger: Pick<Logger, 'warn'>
}

/** Makes a connection live: it gets what happens in its user's rooms from here on. */
export type Connect = (connection: LiveConnection, signal: AbortSignal) => Promise<void>

/**
 * Creates what makes connections live. The record is stored before the memberships are read: whoever adds the user to a
 * room meanwhile finds the record, or the membership is found here.
 *
 * @throws what `DynamoDB` throws, and then the connection must not open: it would miss events.
 */
export function createConnect(deps: ConnectDeps): Connect {
  const { put, list, remove, listMemberships, register, close, announce, now, logger } = deps

  async function closeSurplus(connection: LiveConnection, signal: AbortSignal): Promise<void> {
    const newestFirst = [...(await list(connection, signal))].sort((a, b) => b.connectedAt - a.connectedAt)
    for (const surplus of newestFirst.slice(MAX_CONNECTIONS)) {
      await remove(surplus, signal)
      try {
        await close(surplus.connectionId, signal)
      } catch (error) {
        // It gets no events any more, and finds a gap with its next one.
        logger.warn('connection left open', { connection_id: surplus.connectionId, error })
      }
    }
  }

  return async (connection, signal) => {
    await put(connection, now(), signal)
    const rooms = await listMemberships(connection, signal)
    await Promise.all([register(connection, rooms, signal), closeSurplus(connection, signal)])
    const { tenant, user, connectionId } = connection
    await announce({ tenant, user, connectionId }, signal)
  }
}
