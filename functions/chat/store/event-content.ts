import type { Item } from '../../shared/data/table.ts'
import { eventContent } from '../../shared/events/event-content.ts'
import type { EventContent } from '../../shared/events/outbox.ts'
import type { RoomEvent } from '../domain/event.ts'
import { memberChanged, messageMissed, roomCreated } from '../events.ts'
import { fromItem } from './items.ts'
import type { MissedAbout } from './notified.ts'

/** An event of the log as its item holds it. */
type Logged = RoomEvent & { readonly tenant: string; readonly room: string }

/** The item of an event about a missed message. */
interface MissedItem {
  readonly tenant: string
  readonly room: string
  readonly about: MissedAbout
}

/**
 * Derives the content of a published event from the item of the log's event.
 *
 * @throws Error for a type that isn't known here, or naming the fields that an item lacks.
 */
export function chatEventContent(image: Item, type: string): EventContent {
  const logged = fromItem<Logged>(image).value
  switch (type) {
    case roomCreated.type:
      return eventContent(roomCreated, { ...about(logged), given: createdRoom(logged) })
    case memberChanged.type:
      return eventContent(memberChanged, { ...about(logged), given: changedMember(logged) })
    case messageMissed.type:
      return missedContent(fromItem<MissedItem>(image).value)
    default:
      throw new Error(`No event of the chat is called ${type}`)
  }
}

function about({ tenant, room }: Logged) {
  return { tenant, subjectOf: () => room }
}

function createdRoom({ room, user, joined = [], ...event }: Logged) {
  const kind = event.type === 'room' && event.kind
  return { room, kind, createdBy: user, members: joined }
}

function changedMember(event: Logged) {
  if (event.type !== 'member') return {}
  const { room, user, member, banned = false } = event
  return { room, ...member, banned, changedBy: user }
}

function missedContent({ tenant, room, about }: MissedItem): EventContent {
  const { part, at, ...given } = about
  return eventContent(messageMissed, {
    tenant,
    given: { ...given, room, sentAt: new Date(at).toISOString() },
    subjectOf: ({ seq }) => `${room}/${seq}/${part}`,
  })
}
