import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import { createTransactWhenFree, type TransactWhenFreeOptions } from '../../shared/data/transact-when-free.ts'
import type { Member } from '../domain/member.ts'
import type { RoomId } from '../domain/room.ts'
import type { ReadMembers } from '../members/list-members.ts'
import type { StoreNotifyLevel } from '../members/notify.ts'
import { fromItem, keyOf, toKey } from './items.ts'
import { LISTENER, MEMBER, recordKey, roomPk } from './keys.ts'

/** Creates the consistent read of a room's members, by name. It rejects as `DynamoDB` does. */
export function createReadMembers({ client, tableName }: Table): ReadMembers {
  return async ({ after, limit, ...id }, signal) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :member)',
        ExpressionAttributeValues: { ':pk': { S: roomPk(id) }, ':member': { S: MEMBER } },
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: toKey(recordKey(id, { record: 'member', user: after })) }),
      }),
      { signal },
    )
    const members = Items.map((item) => fromItem<Member>(item).value)
    return { members, ...(LastEvaluatedKey && { next: keyOf(LastEvaluatedKey).sk.slice(MEMBER.length) }) }
  }
}

/**
 * Creates the write of a member's level, together with the record by which those who hear of every message are found.
 * It leaves the row's revision, so that it is in no commit's way.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) when every try conflicts with other requests.
 */
export function createStoreNotifyLevel(options: Table & TransactWhenFreeOptions): StoreNotifyLevel {
  const { tableName: TableName } = options
  const transactWhenFree = createTransactWhenFree(options)
  return async ({ user, level, ...id }, signal) => {
    const Key = toKey(recordKey(id, { record: 'listener', user }))
    const listener = level === 'all' ? { Put: { TableName, Item: Key } } : { Delete: { TableName, Key } }
    const row = {
      TableName,
      Key: toKey(recordKey(id, { record: 'member', user })),
      UpdateExpression: 'SET notify = :level',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':level': { S: level } },
    }
    const { outcome } = await transactWhenFree(() => ({ items: [{ Update: row }, listener] }), signal)
    return outcome === 'written' ? 'stored' : 'not-member'
  }
}

/** Creates the consistent list of those who hear of every message of a room. It rejects as `DynamoDB` does. */
export function createListListeners(table: Table) {
  return async (id: RoomId, signal: AbortSignal): Promise<string[]> => {
    const items = await queryAll(table, { pk: roomPk(id), prefix: LISTENER }, signal)
    return items.map((item) => keyOf(item).sk.slice(LISTENER.length))
  }
}
