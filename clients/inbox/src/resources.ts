/** A notification in a user's inbox. Times are in ISO 8601. */
export interface InboxItem {
  /** Ids are in order: the newest item has the greatest. */
  readonly id: string
  readonly title: string
  readonly body: string
  /** The page that it leads to. Its sender chose it: open only what `safeUrl` returns. */
  readonly url?: string
  readonly category: string
  readonly createdAt: string
  readonly seenAt: string | null
  readonly readAt: string | null
  readonly archivedAt: string | null
}

/** The numbers of items that are not archived, and that nobody has seen or read. */
export interface InboxCounts {
  readonly unseen: number
  readonly unread: number
}

/** A part of an inbox, and the counts of all of it. */
export interface InboxPage extends InboxCounts {
  readonly items: readonly InboxItem[]
  readonly nextCursor: string | null
}

export type Mark = 'seen' | 'read' | 'archived'
