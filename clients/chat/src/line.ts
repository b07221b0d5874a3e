import { backoffMs } from './backoff.ts'
import { type Chance, pause } from './clock.ts'
import { type Connection, createConnection } from './connection.ts'
import type { PresenceFrame, ReadFrame, TypingFrame } from './frames.ts'
import type { CallHttp } from './http.ts'
import { createRecovery, type Recovery } from './recovery.ts'
import type { RoomList } from './room-list.ts'
import type { Rooms } from './rooms.ts'
import type { Socket } from './socket.ts'

/** A connection, and what brings the rooms up to date over it. */
export interface Line extends Connection {
  recover: Recovery['recover']
  /**
   * Reads the list of rooms, and closes all gaps.
   *
   * @throws NoAck at the end of the connection.
   */
  catchUp: () => Promise<void>
}

export interface LineOptions extends Chance {
  call: CallHttp
  rooms: Rooms
  list: RoomList
  /** Rooms in which the user may not be a member any more, though their heads are the same. */
  doubtful: () => readonly string[]
  onNotice: (frame: ReadFrame | TypingFrame | PresenceFrame) => void
  onReconnect: (afterMs: number) => void
}

export function createLine(socket: Socket, options: LineOptions): Line {
  const { call, rooms, list, clock, random, onNotice, onReconnect } = options
  const connection = createConnection({
    socket,
    clock,
    random,
    onHeads(heads) {
      for (const [room, head] of Object.entries(heads)) rooms.learnHead(room, head)
    },
    onFrame(frame) {
      switch (frame.t) {
        case 'events':
          return rooms.receive(frame.room, frame.events)
        case 'removed':
          rooms.remove(frame.room, frame.seq)
          return recovery.answer(frame)
        case 'resumed':
          return recovery.answer(frame)
        case 'reconnect':
          return onReconnect(frame.afterMs)
        default:
          return onNotice(frame)
      }
    },
  })
  const { signal } = connection
  const recovery = createRecovery({ connection, rooms, call, clock, random })

  async function readList(): Promise<string[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await list.read(signal)
      } catch {
        await pause(clock, backoffMs(attempt, random), signal)
      }
    }
  }

  return {
    ...connection,
    recover: recovery.recover,
    async catchUp() {
      const missing = await readList()
      const known = [...missing, ...options.doubtful()].filter((room) => rooms.position(room) !== undefined)
      await Promise.all([...new Set([...rooms.behind(), ...known])].map(recovery.recover))
    },
  }
}
