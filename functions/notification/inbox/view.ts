import type * as z from 'zod/mini'
import type { InboxItem } from '../domain/inbox.ts'
import type { inboxItemAnswer } from './schema.ts'

/** Shows an item as every route and live message does. Workers load this without the schemas. */
export function inboxItemView(item: InboxItem): z.output<typeof inboxItemAnswer> {
  const { id, title, body, url, category } = item
  return {
    ...{ id, title, body, ...(url !== null && { url }), category, createdAt: new Date(item.createdAt).toISOString() },
    ...{ seenAt: timeOf(item.seenAt), readAt: timeOf(item.readAt), archivedAt: timeOf(item.archivedAt) },
  }
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
