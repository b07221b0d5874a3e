import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { createBatchGet } from '../../shared/data/batch-get.ts'
import { transact } from '../../shared/data/transact.ts'
import { countOf, dayOf, type InboxCounts, type Mark, marked } from '../domain/inbox.ts'
import type { InboxOwner } from '../inbox/list-inbox.ts'
import type { MarkInbox } from '../inbox/routes.ts'
import { countsUpdate } from './inbox-counts.ts'
import { type InboxOptions, type StoredItem, toStored, untilWritten } from './inbox-write.ts'
import { toItem, toKey } from './items.ts'
import { inboxItemKey } from './keys.ts'
import { createReadInbox } from './read-inbox.ts'

/** Items that one transaction marks, beside the counts. */
const MARKED_AT_ONCE = 50

/**
 * Creates the marking of items: each transaction marks some of them and changes the counts by what they counted.
 *
 * @throws AppError (retryable) when every try conflicts with other requests, and what `DynamoDB` throws.
 */
export function createMarkInbox(options: InboxOptions): MarkInbox {
  const { client, tableName, now } = options
  const batchGet = createBatchGet(options)
  const read = createReadInbox(options)
  const readItems = async (owner: InboxOwner, ids: readonly string[], signal: AbortSignal) => {
    const keys = [...new Set(ids)].map((id) => toKey(inboxItemKey({ ...owner, id })))
    return (await batchGet(keys, { consistent: true, signal })).map(toStored)
  }
  const markSome = (owner: InboxOwner, { ids, as }: { ids: readonly string[]; as: Mark }, signal: AbortSignal) =>
    untilWritten(
      options,
      async () => {
        const stored = await readItems(owner, ids, signal)
        const items = markingOf({ tableName, owner, stored, as, now: now() })
        if (items.length === 0) return 'unchanged'
        return (await transact(client, { items }, { signal })).outcome === 'written' ? 'marked' : 'raced'
      },
      signal,
    )

  return async ({ tenant, userId, which, as }, signal) => {
    const owner = { tenant, userId }
    if (which === 'all') {
      let after: string | undefined
      do {
        const { items, next } = await read.items({ ...owner, after, limit: MARKED_AT_ONCE }, signal)
        const ids = items.filter(({ archivedAt }) => archivedAt === null).map(({ id }) => id)
        if (ids.length > 0) await markSome(owner, { ids, as }, signal)
        after = next
      } while (after !== undefined)
    } else {
      for (let from = 0; from < which.length; from += MARKED_AT_ONCE) {
        await markSome(owner, { ids: which.slice(from, from + MARKED_AT_ONCE), as }, signal)
      }
    }
    return read.head(owner, signal)
  }
}

/** Builds the transaction that marks items; empty if none changes. */
function markingOf(of: {
  readonly tableName: string
  readonly owner: InboxOwner
  readonly stored: readonly StoredItem[]
  readonly as: Mark
  readonly now: number
}): TransactWriteItem[] {
  const { tableName: TableName, owner, stored, as, now } = of
  const changes = new Map<number, InboxCounts>()
  const puts = stored.flatMap(({ item, revision, ttl }): TransactWriteItem[] => {
    const after = marked(item, as, now)
    if (after === item) return []
    const day = dayOf(item.createdAt)
    const { unseen, unread } = changes.get(day) ?? { unseen: 0, unread: 0 }
    const [left, gone] = [countOf(after), countOf(item)]
    changes.set(day, { unseen: unseen + left.unseen - gone.unseen, unread: unread + left.unread - gone.unread })
    return [
      {
        Put: {
          TableName,
          Item: toItem({ ...inboxItemKey({ ...owner, id: item.id }), ...after, revision: revision + 1, ttl }),
          ConditionExpression: 'revision = :revision',
          ExpressionAttributeValues: toItem({ ':revision': revision }),
        },
      },
    ]
  })
  return puts.length === 0 ? [] : [...puts, countsUpdate(TableName, owner, { changes, now })]
}
