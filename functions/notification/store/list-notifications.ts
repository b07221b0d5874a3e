import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Random } from '../../shared/clock.ts'
import { createBatchGet } from '../../shared/data/batch-get.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { Listed, ListPosition, ReadListed } from '../explain/list-notifications.ts'
import { fromItem, sortable, toItem, toKey } from './items.ts'
import { summaryKey } from './keys.ts'

/** The indexes of summaries by time: those of a tenant, and those of a user. They hold keys alone. */
const INDEXES = { listedIn: 'ByTime', listedFor: 'ByUser' } as const

/**
 * Creates the read of lists: a page of an index, then the summaries themselves, whose status an index need not follow.
 * A notification that was accepted a moment ago may still be missing.
 */
export function createReadListed({ client, tableName, random }: Table & { random: Random }): ReadListed {
  const batchGet = createBatchGet({ client, tableName, random })
  return async ({ tenant, userId, after, limit }, signal) => {
    const [name, value] =
      userId === undefined ? (['listedIn', tenant] as const) : (['listedFor', `${tenant}#${userId}`] as const)
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: INDEXES[name],
        KeyConditionExpression: '#list = :list',
        ExpressionAttributeNames: { '#list': name },
        ExpressionAttributeValues: toItem({ ':list': value }),
        ScanIndexForward: false,
        Limit: limit,
        ...(after && { ExclusiveStartKey: positionKey(tenant, after, { [name]: { S: value } }) }),
      }),
      { signal },
    )
    const keys = Items.map(({ pk, sk }) => ({ pk, sk }) as Item)
    const summaries = keys.length === 0 ? [] : await batchGet(keys, { consistent: false, signal })
    const items = summaries.map((item) => fromItem<Listed>(item)).sort(newestFirst)
    const next = LastEvaluatedKey && toPosition(LastEvaluatedKey)
    return { items, ...(next && { next }) }
  }
}

function newestFirst(a: Listed, b: Listed): number {
  return listKey(a) < listKey(b) ? 1 : -1
}

function listKey({ createdAt, id }: ListPosition): string {
  return `${sortable(createdAt)}#${id}`
}

function positionKey(tenant: string, position: ListPosition, list: Item): Item {
  return { ...toKey(summaryKey({ tenant, id: position.id })), ...list, listKey: { S: listKey(position) } }
}

function toPosition({ listKey }: Item): ListPosition {
  const [createdAt = '', id = ''] = (listKey?.S ?? '').split('#', 2)
  return { createdAt: Number(createdAt), id }
}
