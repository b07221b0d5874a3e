import type { Clock } from '../../shared/clock.ts'
import { dayOf, firstDay, type InboxCounts, type InboxItem } from '../domain/inbox.ts'

export type InboxState = 'unseen' | 'unread' | 'archived'

export interface InboxOwner {
  readonly tenant: string
  readonly userId: string
}

/** The counts of an inbox, and a number that grows with each change of it. */
export interface InboxHead extends InboxCounts {
  readonly revision: number
}

export interface ReadInbox {
  head: (owner: InboxOwner, signal: AbortSignal) => Promise<InboxHead>
  /** Reads items, the newest first; `after` is the id of the last one of the page before. */
  items: (
    query: InboxOwner & { after: string | undefined; limit: number },
    signal: AbortSignal,
  ) => Promise<{ items: readonly InboxItem[]; next?: string }>
}

export interface InboxPage extends InboxCounts {
  readonly items: readonly InboxItem[]
  readonly next?: string
  readonly version: string
}

export type ListInbox = (
  query: InboxOwner & { state: InboxState | undefined; after: string | undefined; limit: number },
  signal: AbortSignal,
) => Promise<InboxPage>

const SHOWN: Record<InboxState | 'all', (item: InboxItem) => boolean> = {
  all: ({ archivedAt }) => archivedAt === null,
  unseen: ({ archivedAt, seenAt }) => archivedAt === null && seenAt === null,
  unread: ({ archivedAt, readAt }) => archivedAt === null && readAt === null,
  archived: ({ archivedAt }) => archivedAt !== null,
}

/** Items that are read at once, and by one request: filters apply while reading. */
const READ_AT_ONCE = 100
const MAX_READ = 1000

/** Creates the list of an inbox, the newest first. A page may hold fewer than its limit, even none, and not be the last. */
export function createListInbox({ read, now }: { read: ReadInbox; now: Clock }): ListInbox {
  return async ({ tenant, userId, state, after, limit }, signal) => {
    // The head is read first: a change between the two makes the version older than the items, never newer.
    const { unseen, unread, revision } = await read.head({ tenant, userId }, signal)
    const isShown = SHOWN[state ?? 'all']
    const page = { unseen, unread, version: `${revision}-${dayOf(now())}` }
    const found: InboxItem[] = []
    let position = after
    for (let seen = 0; seen < MAX_READ; seen += READ_AT_ONCE) {
      const { items, next } = await read.items({ tenant, userId, after: position, limit: READ_AT_ONCE }, signal)
      for (const item of items) {
        if (!isShown(item) || dayOf(item.createdAt) < firstDay(now())) continue
        if (found.length === limit) return { ...page, items: found, next: found.at(-1)?.id ?? '' }
        found.push(item)
      }
      if (next === undefined) return { ...page, items: found }
      position = next
    }
    return { ...page, items: found, ...(position !== undefined && { next: position }) }
  }
}
