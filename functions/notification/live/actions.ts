import * as z from 'zod/mini'
import { action } from '../../shared/websocket/action.ts'
import type { Actions, SocketHandlerOptions } from '../../shared/websocket/socket-handler.ts'
import type { ConnectionState, LiveConnection } from '../domain/live.ts'

export const pingFields = z.strictObject({})

export interface LiveSteps {
  add: (connection: LiveConnection, state: ConnectionState, signal: AbortSignal) => Promise<void>
  remove: (connection: LiveConnection, signal: AbortSignal) => Promise<void>
}

/** Builds all that happens when a connection opens, sends a frame, and closes. */
export function liveSteps({
  add,
  remove,
}: LiveSteps): Pick<SocketHandlerOptions, 'connect' | 'disconnect'> & { actions: Actions } {
  const toLive = ({ tenant, user: userId, connectionId }: { tenant: string; user: string; connectionId: string }) => ({
    tenant,
    userId,
    connectionId,
  })
  return {
    connect: ({ connection, signal }) => add(toLive(connection), 'opening', signal),
    disconnect: ({ connection, signal }) => remove(toLive(connection), signal),
    actions: {
      ping: action(pingFields, async (_, { connection, signal }) => {
        // A message that was sent while the connection opened found it gone, and forgot it.
        await add(toLive(connection), 'open', signal)
        return { ok: true }
      }),
    },
  }
}
