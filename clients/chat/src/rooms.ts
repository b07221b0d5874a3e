import type { RoomEvent } from './frames.ts'
import { gapOf, highestSeen, learnHead, type Merged, merge, openLog, type RoomLog, raiseFloor } from './room-log.ts'

/**
 * The reason why a room's events begin at a new place: `new`, the room was not known before; `lost`, events in between
 * can't be seen any more; `rewound`, the service's log ends before what was seen, as after a restore.
 */
export type StartReason = 'new' | 'lost' | 'rewound'

export interface Start {
  room: string
  /** Events follow from the next `seq` on. */
  position: number
  reason: StartReason
}

export interface RoomsOptions {
  /** Where rooms begin, by an earlier session. */
  positions: Readonly<Record<string, number>>
  onEvent: (room: string, event: RoomEvent) => void
  /** Called as soon as an event arrives, which may be before its turn. */
  onArrival: (room: string, event: RoomEvent) => void
  onStart: (start: Start) => void
  onRemoved: (removed: { room: string; seq: number }) => void
  onGap: (room: string) => void
}

/** The logs of all rooms of the user. */
export interface Rooms {
  receive: (room: string, events: readonly RoomEvent[]) => void
  /** Learns the head of a room that is known. */
  learnHead: (room: string, head: number) => void
  /** Learns of a room in a list that was begun when `removals` was what it is given. */
  list: (listed: { id: string; head: number }, removals: number) => void
  raiseFloor: (room: string, floor: number) => void
  /** Begins again at the head of a log that ends before the room's position. */
  rewind: (room: string, head: number) => void
  /** Ends a membership at its event `seq`; 0 or none if the service doesn't know it any more. */
  remove: (room: string, seq?: number) => void
  position: (room: string) => number | undefined
  isBehind: (room: string) => boolean
  /** Rooms in which something is missing. */
  behind: () => string[]
  /** The number of removals so far. */
  removals: () => number
  /** The highest known `seq` of each room. */
  heads: () => Map<string, number>
  /** Returns how far each room was delivered. */
  positions: () => Record<string, number>
}

export function createRooms(options: RoomsOptions): Rooms {
  const logs = new Map(Object.entries(options.positions).map(([room, position]) => [room, openLog(position)]))
  /** Rooms that were left, by which late events of them are known. */
  const gone = new Map<string, { seq: number; removals: number }>()
  let removals = 0

  function start(room: string, position: number, reason: StartReason): RoomLog {
    const log = openLog(position)
    gone.delete(room)
    logs.set(room, log)
    options.onStart({ room, position, reason })
    return log
  }

  function apply(room: string, { log, deliver, gap }: Merged): void {
    for (const event of deliver) {
      // An event counts as delivered when the application is done with it.
      logs.set(room, { ...log, position: event.seq - 1 })
      options.onEvent(room, event)
    }
    logs.set(room, log)
    if (gap) options.onGap(room)
  }

  const rooms: Rooms = {
    receive(room, arrived) {
      const after = logs.has(room) ? 0 : (gone.get(room)?.seq ?? 0)
      const events = arrived.filter(({ seq }) => seq > after)
      if (events.length === 0) return
      const log = logs.get(room) ?? start(room, Math.min(...events.map(({ seq }) => seq)) - 1, 'new')
      for (const event of events) options.onArrival(room, event)
      apply(room, merge(log, events))
    },
    learnHead(room, head) {
      const log = logs.get(room)
      if (log && head > log.head) apply(room, merge(learnHead(log, head), []))
    },
    list({ id, head }, since) {
      const left = gone.get(id)
      // The list may be older than the removal.
      if (left && (left.removals > since || head <= left.seq)) return
      if (logs.has(id)) rooms.learnHead(id, head)
      else start(id, head, 'new')
    },
    raiseFloor(room, floor) {
      const log = logs.get(room)
      if (!log || floor - 1 <= log.position) return
      const raised = raiseFloor(log, floor)
      options.onStart({ room, position: floor - 1, reason: 'lost' })
      apply(room, raised)
    },
    rewind(room, head) {
      if (logs.has(room)) start(room, head, 'rewound')
    },
    remove(room, seq) {
      const log = logs.get(room)
      // A later event is that of another membership: the user was added again since.
      if (!log || (seq && seq < highestSeen(log))) return
      removals += 1
      const last = seq || highestSeen(log)
      gone.set(room, { seq: last, removals })
      logs.delete(room)
      options.onRemoved({ room, seq: last })
    },
    position: (room) => logs.get(room)?.position,
    isBehind(room) {
      const log = logs.get(room)
      return log !== undefined && gapOf(log) !== undefined
    },
    behind: () => [...logs.keys()].filter(rooms.isBehind),
    removals: () => removals,
    heads: () => new Map([...logs].map(([room, { head }]) => [room, head])),
    positions: () => Object.fromEntries([...logs].map(([room, { position }]) => [room, position])),
  }
  return rooms
}
