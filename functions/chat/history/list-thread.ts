import type { Message } from '../domain/message.ts'
import { floorOf, type ReadMembership, type RoomId } from '../domain/room.ts'
import type { ReadOwnReactions } from './list-messages.ts'
import { type MessageView, messageView } from './message-view.ts'
import type { Page, Range } from './page.ts'

export interface ThreadQuery extends RoomId {
  readonly user: string
  /** The number of the message that began the thread. */
  readonly root: number
  /** The last number of the page before. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Reads a message consistently. */
export type ReadMessage = (id: RoomId & { seq: number }, signal: AbortSignal) => Promise<Message | undefined>

export interface RepliesRange extends RoomId, Range {
  readonly root: number
  readonly limit: number
}

/** Reads the replies of a thread consistently; they ascend. `more`: there are others beyond the limit. */
export type ReadReplies = (
  range: RepliesRange,
  signal: AbortSignal,
) => Promise<{ messages: readonly Message[]; more: boolean }>

export interface ListThreadDeps {
  readMembership: ReadMembership
  readMessage: ReadMessage
  readReplies: ReadReplies
  readOwnReactions: ReadOwnReactions
}

export type ListThread = (
  query: ThreadQuery,
  signal: AbortSignal,
) => Promise<Page<MessageView> | 'not-member' | 'not-found'>

/**
 * Lists the message that began a thread, and its replies. A member who may not see that message, because it is below
 * the member's floor, gets the replies that are above.
 */
export function listThread(deps: ListThreadDeps): ListThread {
  return async ({ user, root, after = 0, limit, ...id }, signal) => {
    const membership = await deps.readMembership({ ...id, user }, signal)
    if (!membership) return 'not-member'
    const [floor, head] = [floorOf(membership), membership.room.head]
    const first = root > head ? undefined : await deps.readMessage({ ...id, seq: root }, signal)
    if (first?.threadRoot !== null) return 'not-found'
    const shown = root >= floor && root > after ? [first] : []
    const from = Math.max(floor, after + 1, root + 1)
    const range = { ...id, root, from, to: head, limit: limit - shown.length }
    const { messages: replies, more } = await deps.readReplies(range, signal)
    const messages = [...shown, ...replies]
    const own = await deps.readOwnReactions({ ...id, user, messages }, signal)
    const items = messages.map((message) => messageView(message, own.get(message.seq) ?? []))
    const last = items.at(-1)
    return { items, ...(more && last && { next: { direction: 'after', seq: last.seq } }) }
  }
}
