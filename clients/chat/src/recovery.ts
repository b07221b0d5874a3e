import { backoffMs } from './backoff.ts'
import { type Chance, pause } from './clock.ts'
import type { Connection } from './connection.ts'
import { ChatUnavailable } from './errors.ts'
import type { ResumedFrame, RoomEvent } from './frames.ts'
import type { CallHttp } from './http.ts'
import { isEvent, isObject } from './parse-frame.ts'
import { createResume, type Resume, ResumeRefused } from './resume.ts'
import type { Rooms } from './rooms.ts'

export interface RecoveryOptions extends Chance {
  connection: Connection
  rooms: Rooms
  call: CallHttp
}

/** Closes gaps over one connection. */
export interface Recovery {
  /**
   * Asks for what is missing in a room, again and again until nothing is, or the room turns out to be left, or the
   * connection ends. The promise waits for the first try alone: a room that can't be read now holds up no other.
   */
  recover: (room: string) => Promise<void>
  answer: Resume['answer']
}

/** Events a page of the log, which HTTP has. */
const PAGE_SIZE = 100

export function createRecovery({ connection, rooms, call, clock, random }: RecoveryOptions): Recovery {
  const { signal } = connection
  const resume = createResume(connection, { clock, random })
  const running = new Map<string, Promise<void>>()

  async function goOn(room: string, firstWaitMs: number): Promise<void> {
    let waitMs = firstWaitMs
    for (let attempt = 0; rooms.isBehind(room); attempt++) {
      await pause(clock, waitMs + backoffMs(attempt, random), signal)
      waitMs = await tryOnce(room)
    }
  }

  /** Returns the wait that the service asks for, in milliseconds. Whether it was of use is seen by the room's log. */
  async function tryOnce(room: string): Promise<number> {
    try {
      const after = rooms.position(room)
      if (after !== undefined) await ask(room, after)
      return 0
    } catch (error) {
      return error instanceof ResumeRefused ? error.retryAfterMs : 0
    }
  }

  async function ask(room: string, after: number): Promise<void> {
    const answer = await resume.ask(room, after)
    if (answer.t === 'resumed') await follow(answer, after)
  }

  async function follow({ room, head, floor = 0, limited }: ResumedFrame, after: number): Promise<void> {
    if (limited && after > head) return rooms.rewind(room, head)
    if (limited) rooms.raiseFloor(room, floor)
    rooms.learnHead(room, head)
    if (limited) await readLog(room)
  }

  /**
   * Reads the log over HTTP. Each page begins after the newest event that was delivered, so none is left out. One that
   * brings nothing on ends it: the floor has risen meanwhile, and the next answer to `resume` names it.
   */
  async function readLog(room: string): Promise<void> {
    for (let after = -1; rooms.isBehind(room); ) {
      const position = rooms.position(room) ?? after
      if (position <= after) return
      after = position
      const path = `/v1/rooms/${encodeURIComponent(room)}/events?after=${after}&limit=${PAGE_SIZE}`
      rooms.receive(room, eventsOf(await call({ method: 'GET', path, signal })))
    }
  }

  return {
    answer: resume.answer,
    recover(room) {
      const already = running.get(room)
      if (already) return already
      const first = tryOnce(room)
      const tried = first.then(() => {})
      running.set(room, tried)
      first
        .then((waitMs) => goOn(room, waitMs))
        .catch(() => {})
        .finally(() => running.delete(room))
      return tried
    },
  }
}

function eventsOf(answer: unknown): RoomEvent[] {
  if (!isObject(answer) || !Array.isArray(answer.items) || !answer.items.every(isEvent)) {
    throw new ChatUnavailable('bad-answer', 'What answered is not the chat.')
  }
  return answer.items as RoomEvent[]
}
