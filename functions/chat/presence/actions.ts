import { action } from '../../shared/websocket/action.ts'
import type { SocketAction } from '../../shared/websocket/socket-handler.ts'
import { notMemberAck, tryAgainAck } from '../acks.ts'
import type { SetWatched } from '../domain/watcher.ts'
import type { Ping } from './ping.ts'
import type { Read } from './read.ts'
import { pingFields, readFields, typingFields, watchFields } from './schema.ts'
import type { Typing } from './typing.ts'

export interface PresenceActionsOptions {
  ping: Ping
  read: Read
  setWatched: SetWatched
  typing: Typing
}

/** The actions that show members what others do: from frames to use cases, and from outcomes to acks. */
export function presenceActions({ ping, read, setWatched, typing }: PresenceActionsOptions) {
  return {
    ping: action(pingFields, async (_, { connection, signal }) => ({
      ok: true,
      heads: await ping(connection, signal),
    })),
    watch: action(watchFields, async ({ rooms }, { connection, signal }) => {
      const outcome = await setWatched(connection, [...new Set(rooms)], signal)
      if (outcome === 'contended') return tryAgainAck()
      return outcome === 'watched' ? { ok: true } : notMemberAck()
    }),
    typing: action(typingFields, async ({ room }, { connection, signal }) => {
      const outcome = await typing(connection, room, signal)
      return outcome === 'not-member' ? notMemberAck() : { ok: true }
    }),
    read: action(readFields, async (mark, { connection, signal }) => {
      const outcome = await read(connection, mark, signal)
      return outcome.outcome === 'read' ? { ok: true, seq: outcome.seq } : notMemberAck()
    }),
  } satisfies Record<string, SocketAction>
}
