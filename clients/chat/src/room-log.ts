import type { RoomEvent } from './frames.ts'

/** A client's place in a room's log. */
export interface RoomLog {
  /** Every event up to this `seq` was delivered, or can't be seen. */
  readonly position: number
  /** The highest `seq` that is known to exist. */
  readonly head: number
  /** Events above a gap, ascending by `seq`. */
  readonly held: readonly RoomEvent[]
}

/** Events that are missing: those after `after`, up to `upTo` at least. */
export interface Gap {
  readonly after: number
  readonly upTo: number
}

export interface Merged {
  readonly log: RoomLog
  /** Events whose turn has come, ascending by `seq`: each follows the one before. */
  readonly deliver: readonly RoomEvent[]
  readonly gap: Gap | undefined
}

/** Events of a room that are held above a gap, at most. Those above are asked for again once the gap is closed. */
export const MAX_HELD = 1000

/** Begins after a `seq`: what comes up to it isn't delivered. */
export function openLog(position: number): RoomLog {
  return { position, head: position, held: [] }
}

/**
 * Merges events into a log, whatever their order, and however often each of them came before. Each is delivered once, as
 * soon as all before it were. A gap shows even without a live event, by the head alone.
 */
export function merge(log: RoomLog, events: readonly RoomEvent[]): Merged {
  const above = [...log.held, ...events].filter(({ seq }) => seq > log.position)
  const ascending = [...new Map(above.map((event) => [event.seq, event])).values()].sort((a, b) => a.seq - b.seq)
  const firstMissing = ascending.findIndex(({ seq }, index) => seq !== log.position + 1 + index)
  const ready = firstMissing === -1 ? ascending.length : firstMissing
  const position = log.position + ready
  const head = Math.max(log.head, position, ascending.at(-1)?.seq ?? 0)
  const next = { position, head, held: ascending.slice(ready, ready + MAX_HELD) }
  return { log: next, deliver: ascending.slice(0, ready), gap: gapOf(next) }
}

/** Learns that a `seq` exists. */
export function learnHead(log: RoomLog, head: number): RoomLog {
  return { ...log, head: Math.max(log.head, head) }
}

/** Counts nothing below `floor` as missing, because it can't be seen any more. */
export function raiseFloor(log: RoomLog, floor: number): Merged {
  return merge({ ...log, position: Math.max(log.position, floor - 1) }, [])
}

export function gapOf({ position, head }: RoomLog): Gap | undefined {
  return position < head ? { after: position, upTo: head } : undefined
}

/** Returns the highest `seq` of an event that has arrived; a head that is only known by its number is none. */
export function highestSeen({ position, held }: RoomLog): number {
  return held.at(-1)?.seq ?? position
}
