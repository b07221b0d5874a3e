import { backoffMs } from './backoff.ts'
import { type Chance, pause } from './clock.ts'
import type { Connection } from './connection.ts'
import { mayRetry } from './refusals.ts'

/** The limit of rooms that are watched at once. */
export const MAX_WATCHED = 20

export interface WatchingOptions extends Chance {
  connection: () => Connection | undefined
}

/** Rooms that the user looks at: their presence, typing and read markers are told, and their heads with each ping. */
export interface Watching {
  set: (rooms: readonly string[]) => void
  rooms: () => readonly string[]
  left: (room: string) => void
  /** Tells a new connection. */
  flush: () => void
}

export function createWatching({ clock, random, connection }: WatchingOptions): Watching {
  let rooms: readonly string[] = []
  let version = 0

  /** Tells the newest connection, until it knows or other rooms are watched. */
  async function tell(): Promise<void> {
    version += 1
    const told = version
    const over = connection()
    for (let attempt = 0; over && told === version; attempt++) {
      const ack = await over.request('watch', { rooms: [...rooms] }).catch(() => undefined)
      if (ack && (ack.ok || !mayRetry(ack.code))) return
      await pause(clock, backoffMs(attempt, random), over.signal)
    }
  }

  const start = () => void tell().catch(() => {})

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
