import type { Attachment } from '../domain/attachment.ts'
import type { Message } from '../domain/message.ts'

/** A message as a member sees it. */
export interface MessageView {
  readonly seq: number
  /** RFC 3339 in UTC, with milliseconds. */
  readonly ts: string
  readonly user: string
  /** `null` once the message is deleted. */
  readonly body: string | null
  readonly editedAt?: string
  readonly deleted?: true
  readonly threadRoot?: number
  readonly attachments: readonly Attachment[]
  readonly mentions: readonly string[]
  readonly reactions: Readonly<Record<string, number>>
  /** The emoji with which the member reacted. */
  readonly mine: readonly string[]
}

/**
 * Returns a message as a member sees it.
 *
 * @param own the emoji with which the member reacted. They are read after the message, so one that its counts don't have
 * yet is left out.
 */
export function messageView(message: Message, own: readonly string[]): MessageView {
  const { seq, at, user, body, editedAt, deleted, threadRoot, attachments, mentions, reactions } = message
  return {
    seq,
    ts: new Date(at).toISOString(),
    user,
    body,
    ...(editedAt !== null && { editedAt: new Date(editedAt).toISOString() }),
    ...(deleted && { deleted: true }),
    ...(threadRoot !== null && { threadRoot }),
    attachments,
    mentions,
    reactions,
    mine: own.filter((emoji) => Object.hasOwn(reactions, emoji)),
  }
}
