import type { Message } from '../domain/message.ts'
import { floorOf, type Membership, type ReadMembership, type RoomId } from '../domain/room.ts'
import { type MessageView, messageView } from './message-view.ts'
import type { Direction, Page, Position, Range } from './page.ts'

export interface MessagesRange extends RoomId, Range {
  /** The end at which the page begins: `before` reads the newest messages of the range. */
  readonly direction: Direction
  readonly limit: number
}

/** Reads messages consistently; they ascend in either direction. `more`: there are others beyond the limit. */
export type ReadMessages = (
  range: MessagesRange,
  signal: AbortSignal,
) => Promise<{ messages: readonly Message[]; more: boolean }>

/** Reads the emoji with which a user reacted to messages, by their numbers. */
export type ReadOwnReactions = (
  query: RoomId & { user: string; messages: readonly Message[] },
  signal: AbortSignal,
) => Promise<ReadonlyMap<number, readonly string[]>>

export interface MessagesQuery extends RoomId {
  readonly user: string
  /** The newest page without one. */
  readonly position?: Position | undefined
  readonly limit: number
}

export interface ListMessagesDeps {
  readMembership: ReadMembership
  readMessages: ReadMessages
  readOwnReactions: ReadOwnReactions
}

export type ListMessages = (query: MessagesQuery, signal: AbortSignal) => Promise<Page<MessageView> | 'not-member'>

/** Lists the messages of a room as they are now, with tombstones of those that were deleted. */
export function listMessages({ readMembership, readMessages, readOwnReactions }: ListMessagesDeps): ListMessages {
  return async ({ user, position, limit, ...id }, signal) => {
    const membership = await readMembership({ ...id, user }, signal)
    if (!membership) return 'not-member'
    const direction = position?.direction ?? 'before'
    const range = { ...id, ...rangeOf(membership, position), direction, limit }
    const { messages, more } = await readMessages(range, signal)
    const own = await readOwnReactions({ ...id, user, messages }, signal)
    const items = messages.map((message) => messageView(message, own.get(message.seq) ?? []))
    const last = direction === 'before' ? items[0] : items.at(-1)
    return { items, ...(more && last && { next: { direction, seq: last.seq } }) }
  }
}

function rangeOf(membership: Membership, position: Position | undefined): Range {
  const [from, to] = [floorOf(membership), membership.room.head]
  if (!position) return { from, to }
  return position.direction === 'before'
    ? { from, to: Math.min(to, position.seq - 1) }
    : { from: Math.max(from, position.seq + 1), to }
}
