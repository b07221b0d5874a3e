import { transact } from '../../shared/data/transact.ts'
import { countOf, dayOf, endOf, type InboxItem } from '../domain/inbox.ts'
import type { AddToInbox } from '../inbox/provider.ts'
import { countsUpdate } from './inbox-counts.ts'
import { type InboxOptions, untilWritten } from './inbox-write.ts'
import { fromItem, sortable, toItem } from './items.ts'
import { inboxEntryKey, inboxItemKey } from './keys.ts'

/**
 * Creates the addition to an inbox: the item, the entry by which a notification is there once, and the counts, in one
 * transaction.
 *
 * @throws AppError (retryable) when every try conflicts with other requests, and what `DynamoDB` throws.
 */
export function createAddToInbox(options: InboxOptions): AddToInbox {
  const { client, tableName: TableName, now } = options
  return async ({ tenant, userId, notificationId, title, body, url, category }, signal) => {
    const createdAt = now()
    const id = `${sortable(createdAt)}~${notificationId}`
    const owner = { tenant, userId }
    const item: InboxItem = {
      ...{ id, notificationId, title, body, url, category, createdAt },
      ...{ seenAt: null, readAt: null, archivedAt: null },
    }
    const ttl = Math.ceil(endOf(createdAt) / 1000)
    const entry = { ...inboxEntryKey({ ...owner, notificationId }), id, ttl }
    const items = [
      { Put: { TableName, Item: toItem(entry), ConditionExpression: 'attribute_not_exists(pk)' } },
      { Put: { TableName, Item: toItem({ ...inboxItemKey({ ...owner, id }), ...item, revision: 1, ttl }) } },
      countsUpdate(TableName, owner, { changes: new Map([[dayOf(createdAt), countOf(item)]]), now: createdAt }),
    ]
    const known = await untilWritten(
      options,
      async () => {
        const written = await transact(client, { items }, { signal })
        if (written.outcome === 'written') return { id, item }
        const [first] = written.items
        if (first?.reason === 'condition' && first.item) return { id: fromItem<{ id: string }>(first.item).id }
        return 'raced'
      },
      signal,
    )
    return known
  }
}
