import { backoffMs } from './backoff.ts'
import { type Chance, pause } from './clock.ts'
import type { Connection } from './connection.ts'
import { mayRetry } from './refusals.ts'

export interface ReadMarkersOptions extends Chance {
  connection: () => Connection | undefined
}

/** Read markers of this user, which only move forward. */
export interface ReadMarkers {
  /** Tells the service that everything up to a `seq` was read, now or with the next connection. */
  move: (room: string, seq: number) => void
  /** Sends what has no answer yet: there is a connection. */
  flush: () => void
}

/** Sends one marker a room at a time, and of those that are set meanwhile only the last. */
export function createReadMarkers({ clock, random, connection }: ReadMarkersOptions): ReadMarkers {
  const wanted = new Map<string, number>()
  const busy = new Set<string>()

  async function work(room: string): Promise<void> {
    if (busy.has(room)) return
    busy.add(room)
    try {
      for (let attempt = 0; wanted.has(room); attempt++) {
        const over = connection()
        if (!over) return
        await send(room, over).catch(() => {})
        // The end of the connection ends the wait: the next one, if there is one, is used at once.
        if (wanted.has(room)) await pause(clock, backoffMs(attempt, random), over.signal).catch(() => {})
      }
    } finally {
      busy.delete(room)
    }
  }

  async function send(room: string, over: Connection): Promise<void> {
    const seq = wanted.get(room) ?? 0
    const ack = await over.request('read', { room, seq })
    const isDone = ack.ok || !mayRetry(ack.code)
    if (isDone && wanted.get(room) === seq) wanted.delete(room)
  }

  const start = (room: string) => void work(room).catch(() => {})

  return {
    move(room, seq) {
      if (seq <= (wanted.get(room) ?? 0)) return
      wanted.set(room, seq)
      start(room)
    },
    flush() {
      for (const room of wanted.keys()) start(room)
    },
  }
}
