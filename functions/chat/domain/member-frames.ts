import { deliver, type EventReader } from './delivery.ts'
import type { RoomEvent } from './event.ts'
import { eventView } from './event-view.ts'
import { eventFrames, removedFrame } from './frames.ts'
import { floorOf, type Room } from './room.ts'

/** The frames that a member gets of a run of events, and whether the run ends its membership. */
export interface MemberFrames {
  readonly frames: readonly string[]
  readonly isRemoved: boolean
}

/**
 * Creates what writes the frames of a run of events for any member. Most members see the same, so that their frames are
 * written once.
 *
 * @param now milliseconds since the epoch.
 */
export function createMemberFrames(room: Room, events: readonly RoomEvent[], now: number) {
  const written = new Map<string, MemberFrames>()
  const before = (events[0]?.seq ?? 1) - 1
  const maxTarget = Math.max(0, ...events.map((event) => ('target' in event ? event.target : 0)))
  const concerned = new Set(events.flatMap(usersOf))

  return (reader: EventReader): MemberFrames => {
    const floor = floorOf({ room, member: reader })
    const after = Math.max(reader.after, floor - 1, before)
    // All in which two members differ: commits and removals of their own, the start, and messages below the floor.
    const own = concerned.has(reader.user) ? [reader.user, reader.joined] : []
    const name = JSON.stringify([after, Math.min(floor, maxTarget + 1), ...own])
    const known = written.get(name)
    if (known) return known
    const delivery = deliver(events, { ...reader, after })
    const views = delivery.events.map((event) => eventView(event, { user: reader.user, floor, now }))
    const isRemoved = delivery.removedAt !== null
    const frames = [
      ...eventFrames(room.id, views),
      ...(delivery.removedAt === null ? [] : [removedFrame(room.id, delivery.removedAt)]),
    ]
    written.set(name, { frames, isRemoved })
    return { frames, isRemoved }
  }
}

/** Lists the users to whom an event may look different than to others. */
function usersOf(event: RoomEvent): string[] {
  return event.type === 'member' ? [event.user, event.member.user] : [event.user]
}
