import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from '../../shared/data/table.ts'
import { toItem } from './items.ts'

/**
 * Reads all items of a partition whose sort key begins with a prefix, consistently and in order.
 *
 * @throws what `DynamoDB` throws.
 */
export async function queryAll(
  { client, tableName }: Table,
  { pk, prefix }: { pk: string; prefix: string },
  signal: AbortSignal,
): Promise<Item[]> {
  const all: Item[] = []
  let start: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: toItem({ ':pk': pk, ':prefix': prefix }),
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
      { signal },
    )
    all.push(...Items)
    start = LastEvaluatedKey
  } while (start)
  return all
}
