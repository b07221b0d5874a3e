import type { Attachment } from './attachment.ts'

/** A message as it is now: the folded view of its events. */
export interface Message {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly user: string
  /** `null` once it is deleted. */
  readonly body: string | null
  readonly editedAt: number | null
  /** The event that deleted it, with its time in milliseconds since the epoch. */
  readonly deleted: { readonly seq: number; readonly at: number } | null
  readonly threadRoot: number | null
  readonly attachments: readonly Attachment[]
  readonly mentions: readonly string[]
  /** The number of users who reacted with each emoji. */
  readonly reactions: Readonly<Record<string, number>>
  /** The numbers of the events that edited it and still hold a body. */
  readonly edits: readonly number[]
}

/** The author of an edit has a day. */
export const EDIT_WINDOW_MS = 24 * 3_600_000

/** Kinds of emoji on a message, at most. */
export const MAX_EMOJI_KINDS = 20

/**
 * Edits of a message whose bodies the log keeps, at most: a deletion erases all of them in one transaction, which holds
 * 100 items. Beyond, each edit erases the body of the oldest.
 */
export const MAX_EDIT_BODIES = 40

export const MAX_ATTACHMENTS = 10
export const MAX_MENTIONS = 50

/** Mentions all members. */
export const EVERYONE = 'all'
