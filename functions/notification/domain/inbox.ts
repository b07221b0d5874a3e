/** An item of a user's inbox. Times are in milliseconds since the epoch. */
export interface InboxItem {
  /** Begins with the time, so that ids are in order. */
  readonly id: string
  readonly notificationId: string
  readonly title: string
  readonly body: string
  readonly url: string | null
  readonly category: string
  readonly createdAt: number
  readonly seenAt: number | null
  readonly readAt: number | null
  readonly archivedAt: number | null
}

export type Mark = 'seen' | 'read' | 'archived'

/** The numbers of items that are not archived, and that nobody has seen or read. */
export interface InboxCounts {
  readonly unseen: number
  readonly unread: number
}

/** Returns an item after a mark; the same one if nothing changes. To read is to see; a mark keeps its first time. */
export function marked(item: InboxItem, as: Mark, now: number): InboxItem {
  if (as === 'archived') return item.archivedAt === null ? { ...item, archivedAt: now } : item
  const seenAt = item.seenAt ?? now
  const readAt = as === 'read' ? (item.readAt ?? now) : item.readAt
  return seenAt === item.seenAt && readAt === item.readAt ? item : { ...item, seenAt, readAt }
}

/** Returns what an item adds to the counts. */
export function countOf({ seenAt, readAt, archivedAt }: InboxItem): InboxCounts {
  if (archivedAt !== null) return { unseen: 0, unread: 0 }
  return { unseen: seenAt === null ? 1 : 0, unread: readAt === null ? 1 : 0 }
}

const DAY_MS = 86_400_000
/** Items are kept for so many whole days after their own. */
const KEPT_DAYS = 90

/** Returns the day of a time, by which counts are kept: those of a day end together. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS)
}

/** Returns the first day whose items are still there. */
export function firstDay(now: number): number {
  return dayOf(now) - KEPT_DAYS
}

/** Returns when an item ends, in milliseconds since the epoch. */
export function endOf(createdAt: number): number {
  return (dayOf(createdAt) + KEPT_DAYS + 1) * DAY_MS
}
