import type { RoomEvent } from '../../../clients/chat/src/frames.ts'
import type { Message } from '../../../clients/chat/src/resources.ts'

/** Shows messages as the service does: from the whole log, by a way of its own. */
export function foldLog(events: readonly RoomEvent[], me: string): Message[] {
  return events.flatMap((message) => (message.type === 'message' ? [toMessage(message, events, me)] : []))
}

function toMessage(message: RoomEvent & { type: 'message' }, events: readonly RoomEvent[], me: string): Message {
  const about = events.filter((event) => 'target' in event && event.target === message.seq)
  const edit = about.findLast((event) => event.type === 'edit')
  const isDeleted = about.some(({ type }) => type === 'delete')
  const users = new Map<string, Set<string>>()
  for (const event of isDeleted ? [] : about) {
    if (event.type !== 'reaction' || event.emoji === undefined) continue
    const reacted = users.get(event.emoji) ?? new Set()
    users.set(event.emoji, reacted)
    if (event.remove) reacted.delete(event.user)
    else reacted.add(event.user)
  }
  const present = [...users].filter(([, reacted]) => reacted.size > 0)
  const { seq, ts, user, body = null, attachments = [], mentions = [] } = message
  return {
    seq,
    ts,
    user,
    body: isDeleted ? null : (edit?.body ?? body),
    ...(edit && { editedAt: edit.ts }),
    ...(isDeleted && { deleted: true }),
    attachments,
    mentions,
    reactions: Object.fromEntries(present.map(([emoji, reacted]) => [emoji, reacted.size])),
    mine: present.flatMap(([emoji, reacted]) => (reacted.has(me) ? [emoji] : [])),
  }
}
