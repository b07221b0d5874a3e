import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from './table.ts'

/** Items of a partition, all or those whose sort keys begin with a prefix. */
export interface PartitionQuery {
  readonly pk: string
  readonly prefix?: string
}

/** Reads all items of a partition consistently, in the order of their sort keys. It rejects as `DynamoDB` does. */
export async function queryAll(
  { client, tableName }: Table,
  { pk, prefix = '' }: PartitionQuery,
  signal: AbortSignal,
): Promise<Item[]> {
  const found: Item[] = []
  let start: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ...(prefix !== '' && { ':prefix': { S: prefix } }) },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
      { signal },
    )
    found.push(...Items)
    start = LastEvaluatedKey
  } while (start)
  return found
}
