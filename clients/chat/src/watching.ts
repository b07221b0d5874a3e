import { backoffMs } from './backoff.ts'
import { type Chance, pause } from './clock.ts'
import type { Connection } from './connection.ts'
import { mayRetry } from './refusals.ts'

/** The limit of rooms that are watched at once. */
export const MAX_WATCHED = 20

export interface WatchingOptions extends Chance {
  connection: () => Connection | undefined
}

/**
 * Rooms that the user looks at: their presence, typing and read markers are sent to this client, and their heads with
 * each ping.
 */
export interface Watching {
  set: (rooms: readonly string[]) => void
  rooms: () => readonly string[]
  left: (room: string) => void
  /** Sends the rooms to a new connection. */
  flush: () => void
}

export function createWatching({ clock, random, connection }: WatchingOptions): Watching {
  let rooms: readonly string[] = []
  let version = 0

  /** Sends the rooms to the newest connection, until it accepts them or other rooms are watched. */
  async function send(): Promise<void> {
    version += 1
    const sent = version
    const over = connection()
    for (let attempt = 0; over && sent === version; attempt++) {
      const ack = await over.request('watch', { rooms: [...rooms] }).catch(() => undefined)
      if (ack && (ack.ok || !mayRetry(ack.code))) return
      await pause(clock, backoffMs(attempt, random), over.signal)
    }
  }

  const start = () => void send().catch(() => {})

  return {
    set(next) {
      if (next.length > MAX_WATCHED)
        throw new RangeError(`At most ${MAX_WATCHED} rooms can be watched, not ${next.length}.`)
      rooms = [...new Set(next)]
      start()
    },
    rooms: () => rooms,
    left(room) {
      if (!rooms.includes(room)) return
      rooms = rooms.filter((other) => other !== room)
      start()
    },
    flush() {
      if (rooms.length > 0) start()
    },
  }
}
