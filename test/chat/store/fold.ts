import { isDeepStrictEqual } from 'node:util'
import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import type { MessageView } from '../../../functions/chat/history/message-view.ts'

/** A message as a client that only has the log knows it. */
export interface FoldedMessage extends Pick<MessageView, 'seq' | 'user' | 'mentions'> {
  body: string | null
  reactions: Readonly<Record<string, number>>
  threadRoot: number | undefined
  edited: boolean
  deleted: boolean
}

/**
 * Builds the messages of a room from its log alone: the oracle of what the store keeps. An erased text is in none of its
 * events, so only those that are there count.
 */
export function fold(events: readonly RoomEvent[]): FoldedMessage[] {
  const messages = new Map<number, FoldedMessage>()
  const reactions = new Map<string, Set<string>>()
  for (const event of events) {
    if (event.type === 'message') {
      const { seq, user, body, mentions, threadRoot } = event
      const known = { seq, user, body: event.erased ? null : body, mentions, reactions: {} }
      messages.set(seq, { ...known, threadRoot: threadRoot ?? undefined, edited: false, deleted: false })
    }
    if (!('target' in event)) continue
    const message = messages.get(event.target)
    if (!message || message.deleted) throw new Error(`The event ${event.seq} changes what is not there`)
    if (event.type === 'edit') {
      message.edited = true
      if (!event.erased) message.body = event.body
    }
    if (event.type === 'delete') {
      message.deleted = true
      message.body = null
      for (const name of reactions.keys()) if (name.startsWith(`${event.target} `)) reactions.delete(name)
    }
    if (event.type === 'reaction') {
      const name = `${event.target} ${event.emoji}`
      const users = reactions.get(name) ?? new Set()
      if (users.has(event.user) !== event.remove) throw new Error(`The event ${event.seq} changes nothing`)
      if (event.remove) users.delete(event.user)
      else users.add(event.user)
      reactions.set(name, users)
    }
  }
  for (const [name, users] of reactions) {
    const [target, emoji = ''] = name.split(' ')
    const message = messages.get(Number(target))
    if (message && users.size > 0) message.reactions = { ...message.reactions, [emoji]: users.size }
  }
  return [...messages.values()]
}

/** Turns a message of the folded view into the form of the oracle. */
export function comparable(view: MessageView): FoldedMessage {
  const { seq, user, body, mentions, reactions, threadRoot, editedAt, deleted } = view
  return { seq, user, body, mentions, reactions, threadRoot, edited: editedAt !== undefined, deleted: deleted === true }
}

/** Checks that a log is gap-free, and never goes back in time. */
export function isInOrder(events: readonly RoomEvent[]): boolean {
  const numbers = events.map(({ seq }) => seq)
  const expected = events.map((_, index) => index + 1)
  return isDeepStrictEqual(numbers, expected) && events.every(({ at }, index) => at >= (events[index - 1]?.at ?? 0))
}
