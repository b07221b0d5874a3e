import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { KeepMessage, OutboxItem } from '../outbox/outbox.ts'
import type { ReadOutbox } from '../outbox/route.ts'
import { fromItem, sortable, toItem, toKey } from './items.ts'
import { outboxPk } from './keys.ts'

/** A week. */
const KEPT_SECONDS = 7 * 24 * 60 * 60

/** Creates the store of messages that are kept instead of sent. */
export function createOutboxItems({ client, tableName, newId }: Table & { newId: () => string }): {
  keep: KeepMessage
  read: ReadOutbox
} {
  return {
    async keep({ tenant, address, item }, signal) {
      const key = { pk: outboxPk(tenant, address), sk: `${sortable(item.at)}#${newId()}` }
      const Item = toItem({ ...key, item, ttl: Math.ceil(item.at / 1000) + KEPT_SECONDS })
      await client.send(new PutItemCommand({ TableName: tableName, Item }), { signal })
    },
    async read({ tenant, address, after, limit }, signal) {
      const pk = outboxPk(tenant, address)
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: toItem({ ':pk': pk }),
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: toKey({ pk, sk: after }) }),
        }),
        { signal },
      )
      const items = Items.map((item) => fromItem<{ item: OutboxItem }>(item).item)
      return { items, ...(LastEvaluatedKey && { next: LastEvaluatedKey.sk?.S ?? '' }) }
    },
  }
}
