import type { Ack, RoomEvent } from '../../../clients/chat/src/frames.ts'
import type { AnyFrame } from '../../support/fake-socket.ts'

export type EventContent = AnyFrame & { type: string }

/** The rooms of a chat, as the service keeps them. */
export interface FakeLog {
  /** The log of a room; created if there is none. */
  room: (id: string) => FakeRoom
  rooms: () => FakeRoom[]
  /** Adds an event, once a `cid`. */
  commit: (room: string, user: string, content: EventContent) => { event: RoomEvent; dup: boolean }
}

export interface FakeRoom {
  readonly id: string
  events: RoomEvent[]
  floor: number
  /** True if the client's user is a member. */
  isMine: boolean
  /** The order of the newest event among those of all rooms. */
  activity: number
  head: () => number
}

export function fakeLog(): FakeLog {
  const rooms = new Map<string, FakeRoom>()
  let activity = 0

  function room(id: string): FakeRoom {
    const known = rooms.get(id)
    if (known) return known
    const events: RoomEvent[] = []
    const created: FakeRoom = {
      id,
      events,
      floor: 1,
      isMine: true,
      activity: 0,
      head: () => created.events.at(-1)?.seq ?? 0,
    }
    rooms.set(id, created)
    return created
  }

  return {
    room,
    rooms: () => [...rooms.values()].sort((a, b) => b.activity - a.activity),
    commit(id, user, content) {
      const into = room(id)
      const first = into.events.find(({ cid }) => cid !== undefined && cid === content.cid)
      if (first) return { event: first, dup: true }
      activity += 1
      into.activity = activity
      const seq = into.head() + 1
      const event = { seq, ts: new Date(seq * 1000).toISOString(), user, ...content } as unknown as RoomEvent
      into.events.push(event)
      return { event, dup: false }
    },
  }
}

/** Returns the service's answer to `resume`: frames, the last of which says how it went. */
export function resumeFrames(
  { id, isMine, events, floor, head }: FakeRoom,
  after: number,
  maxMissed: number,
): AnyFrame[] {
  if (!isMine) return [{ t: 'removed', room: id, seq: head() }]
  if (after < floor - 1 || after > head() || head() - after > maxMissed) {
    return [{ t: 'resumed', room: id, head: head(), floor, limited: true }]
  }
  const missed = events.filter(({ seq }) => seq > after)
  const end = { t: 'resumed', room: id, head: head() }
  return missed.length > 0 ? [{ t: 'events', room: id, events: missed }, end] : [end]
}

const CONTENT = { send: 'message', edit: 'edit', delete: 'delete', react: 'reaction' } as const

/** Commits what a frame asks for, and answers it. */
export function commitFrame(log: FakeLog, user: string, { action, id, room, v: _, ...fields }: AnyFrame): Ack {
  const type = CONTENT[action as keyof typeof CONTENT]
  const { event, dup } = log.commit(room, user, { ...fields, type })
  return { t: 'ack', id, ok: true, seq: event.seq, ts: event.ts, dup }
}
