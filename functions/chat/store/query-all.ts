import { QueryCommand, type QueryInput } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from '../../shared/data/table.ts'

/** A range of a partition whose keys begin with a prefix, and lie between two keys if both are given. */
export interface KeyRange {
  readonly pk: string
  readonly from: string
  readonly to: string
}

/**
 * Reads a range of a partition consistently and in the order of its keys, page by page.
 *
 * @throws what `DynamoDB` throws.
 */
export async function* queryPages(
  { client, tableName }: Table,
  { pk, from, to }: KeyRange,
  signal: AbortSignal,
): AsyncGenerator<Item[]> {
  const input: QueryInput = {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: from }, ':to': { S: to } },
    ConsistentRead: true,
  }
  let start: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ ...input, ...(start && { ExclusiveStartKey: start }) }),
      { signal },
    )
    yield Items
    start = LastEvaluatedKey
  } while (start)
}

/** Reads all of a range. */
export async function queryAll(table: Table, range: KeyRange, signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of queryPages(table, range, signal)) items.push(...page)
  return items
}

/** Returns the range of all keys that begin with a prefix and go on with an id. */
export function allOf(pk: string, prefix: string): KeyRange {
  return { pk, from: prefix, to: `${prefix}${LAST_ID}` }
}

/** Sorts after every character of an id. */
const LAST_ID = '\u{10ffff}'
