import type { RoomEvent } from './event.ts'

/** A member to whom a run of events is delivered. */
export interface EventReader {
  readonly user: string
  /** The number of the event by which the user joined: removals before it are over. */
  readonly joined: number
  /** The number of the last event that needs no delivery. */
  readonly after: number
}

export interface Delivery {
  /** The events that the member gets. */
  readonly events: readonly RoomEvent[]
  /** The number of the event by which the member was removed, after which there is nothing. */
  readonly removedAt: number | null
}

/**
 * Returns what a member gets of a run of events that ascend by number. A removal ends it, because a member who was
 * removed may see nothing that came later, and is told so by a frame of its own instead of the event.
 */
export function deliver(events: readonly RoomEvent[], { user, joined, after }: EventReader): Delivery {
  const removal = events.find((event) => event.seq >= joined && isRemovalOf(event, user))
  const end = removal?.seq ?? Number.POSITIVE_INFINITY
  return { events: events.filter(({ seq }) => seq > after && seq < end), removedAt: removal?.seq ?? null }
}

/** Checks whether an event ends the membership of a user. The deletion of a room ends that of everybody. */
function isRemovalOf(event: RoomEvent, user: string): boolean {
  if (event.type === 'room') return event.deleted
  return event.type === 'member' && event.member.user === user && event.member.role === null
}

/** Lists the users who join by a run of events, each with the number of the latest such event. */
export function joinsOf(events: readonly RoomEvent[]): ReadonlyMap<string, number> {
  return new Map(events.flatMap(({ seq, joined = [] }) => joined.map((user) => [user, seq] as const)))
}
