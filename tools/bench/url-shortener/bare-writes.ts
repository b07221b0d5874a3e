import { randomUUID } from 'node:crypto'
import { BatchWriteItemCommand, PutItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import type { Item, Table } from '../../../functions/shared/data/table.ts'
import { inParallel } from '../../../functions/shared/queue/lanes.ts'

/** As many at a time as an import creates links. */
const CONCURRENCY = 10

/** The most that a batch of writes may have. */
const BATCH = 25

/** Wraps a client so that it keeps the items that are put. */
export function recorder(dynamodb: DynamoDB): { client: DynamoDB; items: Item[] } {
  const items: Item[] = []
  const client: DynamoDB = {
    send(command, options) {
      const { Item, TransactItems = [] } = command.input as { Item?: Item; TransactItems?: TransactWriteItem[] }
      items.push(...[Item, ...TransactItems.map(({ Put }) => Put?.Item)].filter((item) => item !== undefined))
      return dynamodb.send(command, options)
    },
  }
  return { client, items }
}

/** Returns the same items under other keys. */
export function moved(items: readonly Item[]): Item[] {
  const run = randomUUID()
  return items.map((item) => ({ ...item, pk: { S: `${item.pk?.S}-${run}` } }))
}

/** Puts items, each in a call of its own. */
export async function putAll({ client, tableName }: Table, items: readonly Item[]): Promise<void> {
  await inParallel(items, CONCURRENCY, async (Item) => {
    await client.send(new PutItemCommand({ TableName: tableName, Item }), {})
  })
}

/** Puts items in batches, as many at a time as a call may have. */
export async function putBatches({ client, tableName }: Table, items: readonly Item[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, n) =>
    items.slice(n * BATCH, (n + 1) * BATCH),
  )
  await inParallel(batches, CONCURRENCY, async (batch) => {
    const RequestItems = { [tableName]: batch.map((Item) => ({ PutRequest: { Item } })) }
    await client.send(new BatchWriteItemCommand({ RequestItems }), {})
  })
}
