import { GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import type { ReadEndpoint, StoredEndpoint } from '../domain/person.ts'
import type { ListEndpoints } from '../people/endpoint-routes.ts'
import { MAX_ENDPOINTS, type WriteEndpoint } from '../people/put-endpoint.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { ENDPOINT, endpointCountKey, endpointKey, endpointOwnerKey, userPk } from './keys.ts'

export interface EndpointStore {
  read: ReadEndpoint
  write: WriteEndpoint
  list: ListEndpoints
}

/**
 * Creates the store of endpoints: one item each in its user's partition, so that a user is one query, and one that says
 * whose the id is, so that no two users of a tenant have the same one. All reject as `DynamoDB` does.
 */
export function createEndpointStore(table: Table): EndpointStore {
  return {
    read: createReadEndpoint(table),
    list: createListEndpoints(table),
    async write({ before, after }, signal) {
      if (before && after) return replace(table, { before, after }, signal)
      const changed = after ?? before
      if (!changed) return 'written'
      const items = after ? creation(table.tableName, after) : removal(table.tableName, changed)
      const written = await transact(table.client, { items }, { signal })
      if (written.outcome === 'written') return 'written'
      const [, own, count] = written.items
      const isFull = after && own?.reason === 'none' && count?.reason === 'condition'
      return isFull ? 'too-many' : 'raced'
    },
  }
}

/** Creates the read of an endpoint by its id alone. It rejects as `DynamoDB` does. */
export function createReadEndpoint({ client, tableName: TableName }: Table): ReadEndpoint {
  const get = async (Key: Item, signal: AbortSignal) =>
    (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })).Item
  return async ({ tenant, endpointId }, signal) => {
    const owner = await get(toKey(endpointOwnerKey({ tenant, endpointId })), signal)
    if (!owner) return undefined
    const { userId } = fromItem<{ userId: string }>(owner)
    const item = await get(toKey(endpointKey({ tenant, userId, id: endpointId })), signal)
    return item && toEndpoint(item)
  }
}

function createListEndpoints({ client, tableName }: Table): ListEndpoints {
  return async ({ tenant, userId, after, limit }, signal) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :endpoint)',
        ExpressionAttributeValues: { ':pk': { S: userPk(tenant, userId) }, ':endpoint': { S: ENDPOINT } },
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: toKey(endpointKey({ tenant, userId, id: after })) }),
      }),
      { signal },
    )
    const next = LastEvaluatedKey && keyOf(LastEvaluatedKey).sk.slice(ENDPOINT.length)
    return { endpoints: Items.map(toEndpoint), ...(next !== undefined && { next }) }
  }
}

async function replace(
  { client, tableName }: Table,
  { before, after }: { before: StoredEndpoint; after: StoredEndpoint },
  signal: AbortSignal,
): Promise<'written' | 'raced'> {
  const input = {
    TableName: tableName,
    Item: toItem({ ...endpointKey(after), ...after }),
    ConditionExpression: 'version = :before',
    ExpressionAttributeValues: { ':before': { S: before.version } },
  }
  const { outcome, item } = await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
  // Refused by this write's own first try, the answer of which was lost.
  return outcome === 'written' || item?.version?.S === after.version ? 'written' : 'raced'
}

function creation(TableName: string, endpoint: StoredEndpoint): TransactWriteItem[] {
  const { tenant, userId, id } = endpoint
  const ConditionExpression = 'attribute_not_exists(pk)'
  const owner = { ...endpointOwnerKey({ tenant, endpointId: id }), userId }
  return [
    { Put: { TableName, Item: toItem(owner), ConditionExpression } },
    { Put: { TableName, Item: toItem({ ...endpointKey(endpoint), ...endpoint }), ConditionExpression } },
    {
      Update: {
        TableName,
        Key: toKey(endpointCountKey(endpoint)),
        ConditionExpression: 'attribute_not_exists(pk) OR endpoints < :most',
        UpdateExpression: 'ADD endpoints :one',
        ExpressionAttributeValues: { ':most': { N: String(MAX_ENDPOINTS) }, ':one': { N: '1' } },
      },
    },
  ]
}

function removal(TableName: string, endpoint: StoredEndpoint): TransactWriteItem[] {
  const { tenant, id, version } = endpoint
  return [
    { Delete: { TableName, Key: toKey(endpointOwnerKey({ tenant, endpointId: id })) } },
    {
      Delete: {
        TableName,
        Key: toKey(endpointKey(endpoint)),
        ConditionExpression: 'version = :before',
        ExpressionAttributeValues: { ':before': { S: version } },
      },
    },
    {
      Update: {
        TableName,
        Key: toKey(endpointCountKey(endpoint)),
        UpdateExpression: 'ADD endpoints :minus',
        ExpressionAttributeValues: { ':minus': { N: '-1' } },
      },
    },
  ]
}

/** Returns an endpoint without its key. */
export function toEndpoint(item: Item): StoredEndpoint {
  const { pk: _, sk: __, ...endpoint } = fromItem<StoredEndpoint>(item)
  return endpoint
}
