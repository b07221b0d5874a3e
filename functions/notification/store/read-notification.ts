import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from '../../shared/data/table.ts'
import type { NotificationId, Tracked } from '../domain/notification.ts'
import { toItem } from './items.ts'
import { notificationPk } from './keys.ts'
import { type StoredNotification, toStored } from './notification-items.ts'

/** Reads a notification with its channels consistently; `undefined` if there is none. */
export async function readStored(
  { client, tableName }: Table,
  id: NotificationId,
  signal: AbortSignal,
): Promise<StoredNotification | undefined> {
  const items: Item[] = []
  let start: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: toItem({ ':pk': notificationPk(id) }),
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
      { signal },
    )
    items.push(...Items)
    start = LastEvaluatedKey
  } while (start)
  return toStored(items)
}

/** Creates the consistent read of a notification. */
export function createReadNotification(table: Table) {
  return async (id: NotificationId, signal: AbortSignal): Promise<Tracked | undefined> =>
    (await readStored(table, id, signal))?.tracked
}
