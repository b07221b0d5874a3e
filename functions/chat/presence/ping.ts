import type { Clock } from '../../shared/clock.ts'
import type { ConnectionRecord, LiveConnection } from '../domain/live-connection.ts'
import type { ReadRoomStates } from '../domain/room-state.ts'
import type { AskToReconnect } from './ask-to-reconnect.ts'

export interface PingDeps {
  /** Records that a connection is alive; returns its record, or `undefined` if it was forgotten. */
  touch: (connection: LiveConnection, seenAt: number, signal: AbortSignal) => Promise<ConnectionRecord | undefined>
  readRoomStates: ReadRoomStates
  askToReconnect: AskToReconnect
  now: Clock
}

/** Keeps a connection alive, and returns the number of the newest event of each room that it watches. */
export type Ping = (connection: LiveConnection, signal: AbortSignal) => Promise<Record<string, number>>

export function createPing({ touch, readRoomStates, askToReconnect, now }: PingDeps): Ping {
  return async (connection, signal) => {
    const [record] = await Promise.all([touch(connection, now(), signal), askToReconnect(connection, signal)])
    if (!record || record.watched.length === 0) return {}
    const states = await readRoomStates(connection, record.watched, signal)
    const heads = [...states].flatMap(([id, { room, member }]) =>
      room && room.deletedAt === null && member ? [[id, room.head] as const] : [],
    )
    return Object.fromEntries(heads)
  }
}
