import type { Clock } from '../../shared/clock.ts'
import { type EventView, eventView } from '../domain/event-view.ts'
import type { ReadEvents } from '../domain/log.ts'
import { floorOf, type ReadMembership, type RoomId } from '../domain/room.ts'
import type { Page } from './page.ts'

export interface EventsQuery extends RoomId {
  readonly user: string
  /** The number of the newest event that the member has; all events that the member may see, without one. */
  readonly after?: number | undefined
  readonly limit: number
}

export interface ListEventsDeps {
  readMembership: ReadMembership
  readEvents: ReadEvents
  now: Clock
}

export type ListEvents = (query: EventsQuery, signal: AbortSignal) => Promise<Page<EventView> | 'not-member'>

/** Lists the log of a room as a member sees it, oldest first. */
export function listEvents({ readMembership, readEvents, now }: ListEventsDeps): ListEvents {
  return async ({ user, after = 0, limit, ...id }, signal) => {
    const membership = await readMembership({ ...id, user }, signal)
    if (!membership) return 'not-member'
    const [floor, head] = [floorOf(membership), membership.room.head]
    const from = Math.max(floor, after + 1)
    const events = await readEvents({ ...id, from, to: head, limit }, signal)
    const viewer = { user, floor, now: now() }
    const seq = from + events.length - 1
    return {
      items: events.map((event) => eventView(event, viewer)),
      ...(seq < head && { next: { direction: 'after', seq } }),
    }
  }
}
