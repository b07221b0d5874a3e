import type { Item } from '../shared/data/conditional-write.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'

/** Reads one item, as it is now unless `consistent` is false. Rejects as `DynamoDB` does. */
export type GetItem = (
  key: Item,
  options: {
    signal: AbortSignal
    /** @default true */
    consistent?: boolean
  },
) => Promise<Item | undefined>

export function createGetItem({ dynamodb, tableName }: { dynamodb: DynamoDB; tableName: string }): GetItem {
  return async (key, { signal, consistent = true }) => {
    const input = { TableName: tableName, Key: key, ConsistentRead: consistent }
    return (await dynamodb('GetItem', input, { signal })).Item
  }
}
