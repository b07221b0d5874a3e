import type { InboxCounts, InboxItem, Mark } from './resources.ts'

/** A change that the user asked for. */
export interface Marking {
  readonly as: Mark
  /** The items, or all that are there when the service does it. */
  readonly which: readonly string[] | 'all'
  /** The items that were known when the user asked. */
  readonly known: ReadonlySet<string>
  /** In ISO 8601. */
  readonly at: string
}

/** The items and counts of an inbox. */
export interface Contents {
  readonly items: ReadonlyMap<string, InboxItem>
  readonly counts: InboxCounts
}

/** Returns an item after a mark; the same one if nothing changes. To read is to see; a mark keeps its first time. */
export function marked(item: InboxItem, as: Mark, at: string): InboxItem {
  if (as === 'archived') return item.archivedAt === null ? { ...item, archivedAt: at } : item
  const seenAt = item.seenAt ?? at
  const readAt = as === 'read' ? (item.readAt ?? at) : item.readAt
  return seenAt === item.seenAt && readAt === item.readAt ? item : { ...item, seenAt, readAt }
}

/** Returns what an item adds to the counts. */
export function countOf({ seenAt, readAt, archivedAt }: InboxItem): InboxCounts {
  if (archivedAt !== null) return { unseen: 0, unread: 0 }
  return { unseen: seenAt === null ? 1 : 0, unread: readAt === null ? 1 : 0 }
}

/** Returns counts with others added or taken away; never below zero. */
export function plus(counts: InboxCounts, other: InboxCounts, times = 1): InboxCounts {
  return {
    unseen: Math.max(0, counts.unseen + times * other.unseen),
    unread: Math.max(0, counts.unread + times * other.unread),
  }
}

export function isSame(a: InboxCounts, b: InboxCounts): boolean {
  return a.unseen === b.unseen && a.unread === b.unread
}

/** Returns what is left after changes, as far as can be told from here. */
export function afterMarkings(before: Contents, markings: readonly Marking[]): Contents {
  return markings.reduce(afterMarking, before)
}

function afterMarking({ items, counts }: Contents, { which, known, as, at }: Marking): Contents {
  const ids = which === 'all' ? known : new Set(which)
  const left = new Map(items)
  let leftCounts = counts
  for (const id of ids) {
    const item = items.get(id)
    if (!item) continue
    const after = marked(item, as, at)
    left.set(id, after)
    leftCounts = plus(plus(leftCounts, countOf(item), -1), countOf(after))
  }
  return { items: left, counts: which === 'all' ? countsOfNew(left, known, { as, counts: leftCounts }) : leftCounts }
}

/** Counts what came after all were marked: nothing else is left, not even of items that aren't known here. */
function countsOfNew(
  items: Contents['items'],
  known: ReadonlySet<string>,
  { as, counts }: { as: Mark; counts: InboxCounts },
): InboxCounts {
  const isNew = ({ id }: InboxItem) => !known.has(id)
  const sum = [...items.values()].filter(isNew).reduce((total, item) => plus(total, countOf(item)), {
    unseen: 0,
    unread: 0,
  })
  return as === 'seen' ? { unseen: sum.unseen, unread: counts.unread } : sum
}
