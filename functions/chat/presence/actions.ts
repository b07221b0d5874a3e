import * as z from 'zod/mini'
import { action } from '../../shared/websocket/action.ts'
import type { SocketAction } from '../../shared/websocket/socket-handler.ts'
import { notMemberAck } from '../acks.ts'
import { MAX_WATCHED } from '../domain/watcher.ts'
import { roomId } from '../fields.ts'
import type { Ping } from './ping.ts'
import type { Read } from './read.ts'
import type { Typing } from './typing.ts'
import type { SetWatched } from './watch.ts'

export interface PresenceActionsOptions {
  ping: Ping
  read: Read
  setWatched: SetWatched
  typing: Typing
}

const inRoom = z.strictObject({ room: roomId })
const readFields = z.strictObject({ room: roomId, seq: z.int().check(z.minimum(0)) })
const watchFields = z.strictObject({ rooms: z.array(roomId).check(z.maxLength(MAX_WATCHED)) })

/** The actions that tell members of each other: from frames to use cases, and from outcomes to acks. */
export function presenceActions({ ping, read, setWatched, typing }: PresenceActionsOptions) {
  return {
    ping: action(z.strictObject({}), async (_, { connection, signal }) => ({
      ok: true,
      heads: await ping(connection, signal),
    })),
    watch: action(watchFields, async ({ rooms }, { connection, signal }) => {
      const outcome = await setWatched(connection, [...new Set(rooms)], signal)
      return outcome === 'watched' ? { ok: true } : notMemberAck()
    }),
    typing: action(inRoom, async ({ room }, { connection, signal }) => {
      const outcome = await typing(connection, room, signal)
      return outcome === 'not-member' ? notMemberAck() : { ok: true }
    }),
    read: action(readFields, async (mark, { connection, signal }) => {
      const outcome = await read(connection, mark, signal)
      return outcome.outcome === 'read' ? { ok: true, seq: outcome.seq } : notMemberAck()
    }),
  } satisfies Record<string, SocketAction>
}
