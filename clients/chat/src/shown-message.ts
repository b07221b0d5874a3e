import type { RoomEvent, RoomEventOf } from './frames.ts'
import type { Message } from './resources.ts'

/** A message, and which events it has in it. */
export interface Shown {
  readonly message: Message
  /** Every event up to this `seq` is in it. */
  readonly since: number
  /** No event above this `seq` is in it. Between both, it is unknown: a page was read while events came. */
  readonly upTo: number
}

export interface Applied {
  readonly shown: Shown
  /** The event may be in it already, and can't be applied twice: read the message again. */
  readonly isStale: boolean
}

/** Builds the message of its event. */
export function fromEvent(event: RoomEventOf<'message'>): Shown {
  const { seq, ts, user, body = null, threadRoot = null, attachments = [], mentions = [], erased = false } = event
  const message = { seq, ts, user, body, deleted: erased, threadRoot, attachments, mentions, reactions: {}, mine: [] }
  return { message, since: seq, upTo: seq }
}

/**
 * Applies an event to the message that it is about. An edit or a deletion may be applied twice: a later one, which is
 * in the message already, follows. A reaction counts, so it may not.
 *
 * @param me the user of this client.
 */
export function applyEvent(shown: Shown, event: RoomEvent, me: string): Applied {
  const { message, since, upTo } = shown
  if (event.seq <= since) return { shown, isStale: false }
  if (event.type === 'reaction' && event.seq <= upTo) return { shown, isStale: true }
  // Events come in order, so all before this one are in the message, too. It may come again, when a page was read.
  return { shown: { ...shown, message: change(message, event, me), since: event.seq }, isStale: false }
}

function change(message: Message, event: RoomEvent, me: string): Message {
  switch (event.type) {
    case 'edit':
      if (message.deleted || event.erased || event.body === undefined) return message
      return { ...message, body: event.body, editedAt: event.ts }
    case 'delete':
      return { ...message, body: null, deleted: true, attachments: [], reactions: {}, mine: [] }
    case 'reaction':
      return message.deleted ? message : react(message, event, me)
    default:
      return message
  }
}

function react(message: Message, event: RoomEventOf<'reaction'>, me: string): Message {
  const { emoji, remove = false, user } = event
  if (emoji === undefined) return message
  const { [emoji]: before = 0, ...others } = message.reactions
  const count = before + (remove ? -1 : 1)
  const mine = (message.mine ?? []).filter((other) => user !== me || other !== emoji)
  return {
    ...message,
    reactions: count > 0 ? { ...others, [emoji]: count } : others,
    mine: user === me && !remove ? [...mine, emoji] : mine,
  }
}
