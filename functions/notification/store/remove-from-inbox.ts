import { GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { createBatchGet } from '../../shared/data/batch-get.ts'
import { transact } from '../../shared/data/transact.ts'
import { countOf, dayOf, type InboxCounts } from '../domain/inbox.ts'
import type { InboxOwner } from '../inbox/list-inbox.ts'
import { countsUpdate } from './inbox-counts.ts'
import { type InboxOptions, type StoredItem, toStored, untilWritten } from './inbox-write.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { inboxEntryKey, inboxItemKey } from './keys.ts'
import { createReadInbox } from './read-inbox.ts'

/** Items that one transaction removes, each with its entry, beside the counts. */
const REMOVED_AT_ONCE = 40

/**
 * Creates the removal of items, with what they count: of all, or of one notification. It may be repeated.
 *
 * @throws AppError (retryable) when every try conflicts with other requests, and what `DynamoDB` throws.
 */
export function createRemoveFromInbox(options: InboxOptions): {
  removeAll: (owner: InboxOwner, signal: AbortSignal) => Promise<void>
  removeOne: (of: InboxOwner & { notificationId: string }, signal: AbortSignal) => Promise<void>
} {
  const { client, tableName: TableName, now } = options
  const batchGet = createBatchGet(options)
  const read = createReadInbox(options)
  const remove = (owner: InboxOwner, ids: readonly string[], signal: AbortSignal) =>
    untilWritten(
      options,
      async () => {
        const keys = ids.map((id) => toKey(inboxItemKey({ ...owner, id })))
        const stored = (await batchGet(keys, { consistent: true, signal })).map(toStored)
        if (stored.length === 0) return 'removed'
        const items = removalOf({ TableName, owner, stored, now: now() })
        return (await transact(client, { items }, { signal })).outcome === 'written' ? 'removed' : 'raced'
      },
      signal,
    )
  return {
    async removeAll(owner, signal) {
      let after: string | undefined
      do {
        const { items, next } = await read.items({ ...owner, after, limit: REMOVED_AT_ONCE }, signal)
        if (items.length > 0)
          await remove(
            owner,
            items.map(({ id }) => id),
            signal,
          )
        after = next
      } while (after !== undefined)
    },
    async removeOne({ notificationId, ...owner }, signal) {
      const Key = toKey(inboxEntryKey({ ...owner, notificationId }))
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
      if (Item) await remove(owner, [fromItem<{ id: string }>(Item).id], signal)
    },
  }
}

function removalOf(of: {
  readonly TableName: string
  readonly owner: InboxOwner
  readonly stored: readonly StoredItem[]
  readonly now: number
}): TransactWriteItem[] {
  const { TableName, owner, stored, now } = of
  const changes = new Map<number, InboxCounts>()
  const deletes = stored.flatMap(({ item, revision }): TransactWriteItem[] => {
    const day = dayOf(item.createdAt)
    const [counted, gone] = [changes.get(day) ?? { unseen: 0, unread: 0 }, countOf(item)]
    changes.set(day, { unseen: counted.unseen - gone.unseen, unread: counted.unread - gone.unread })
    const unchanged = {
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: toItem({ ':revision': revision }),
    }
    const entry = inboxEntryKey({ ...owner, notificationId: item.notificationId })
    return [
      { Delete: { TableName, Key: toKey(inboxItemKey({ ...owner, id: item.id })), ...unchanged } },
      { Delete: { TableName, Key: toKey(entry) } },
    ]
  })
  return [...deletes, countsUpdate(TableName, owner, { changes, now })]
}
