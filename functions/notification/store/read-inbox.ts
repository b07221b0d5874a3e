import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { ReadInboxMarks } from '../deliver/read-marks.ts'
import type { ReadInbox } from '../inbox/list-inbox.ts'
import { readHead } from './inbox-counts.ts'
import { toStored } from './inbox-write.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { INBOX_ITEM, inboxEntryKey, inboxItemKey, inboxPk } from './keys.ts'

/** Creates the consistent reads of an inbox. They reject as `DynamoDB` does. */
export function createReadInbox({ client, tableName, now }: Table & { now: Clock }): ReadInbox {
  return {
    head: (owner, signal) => readHead({ client, tableName }, { owner, now: now() }, signal),
    async items({ tenant, userId, after, limit }, signal) {
      const pk = inboxPk(tenant, userId)
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :item)',
          ExpressionAttributeValues: toItem({ ':pk': pk, ':item': INBOX_ITEM }),
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: toKey(inboxItemKey({ tenant, userId, id: after })) }),
        }),
        { signal },
      )
      const next = LastEvaluatedKey && keyOf(LastEvaluatedKey).sk.slice(INBOX_ITEM.length)
      return { items: Items.map((item) => toStored(item).item), ...(next !== undefined && { next }) }
    },
  }
}

/** Creates the read of what a user did with a notification. It rejects as `DynamoDB` does. */
export function createReadInboxMarks({ client, tableName: TableName }: Table): ReadInboxMarks {
  const get = async (Key: Item, signal: AbortSignal) =>
    (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })).Item
  return async ({ tenant, userId, notificationId }, signal) => {
    const entry = await get(toKey(inboxEntryKey({ tenant, userId, notificationId })), signal)
    if (!entry) return { seen: false, read: false }
    const { id } = fromItem<{ id: string }>(entry)
    const item = await get(toKey(inboxItemKey({ tenant, userId, id })), signal)
    const { seenAt = null, readAt = null } = item ? toStored(item).item : {}
    return { seen: seenAt !== null, read: readAt !== null }
  }
}
