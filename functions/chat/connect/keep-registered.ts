import type { SocketAction } from '../../shared/websocket/socket-handler.ts'
import type { ConnectionRecord, LiveConnection } from '../domain/live-connection.ts'
import type { Connect } from './connect.ts'

export interface KeepRegisteredDeps {
  /** Reads the record of a connection consistently; `undefined` if it was forgotten. */
  get: (connection: LiveConnection, signal: AbortSignal) => Promise<Pick<ConnectionRecord, 'vanished'> | undefined>
  connect: Connect
}

type Actions = Readonly<Record<string, SocketAction>>

/**
 * Creates what lets every frame of a connection that was forgotten, or seemed to have vanished, register it again, before the frame has its effect: a
 * frame proves that the connection is open.
 */
export function createKeepRegistered({ get, connect }: KeepRegisteredDeps) {
  const keep =
    (run: SocketAction): SocketAction =>
    async (frame, context) => {
      const { connection, signal } = context
      const record = await get(connection, signal)
      if (!record || record.vanished) await connect(connection, signal)
      return run(frame, context)
    }
  return (actions: Actions): Actions =>
    Object.fromEntries(Object.entries(actions).map(([name, run]) => [name, keep(run)]))
}
