import { DeleteItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import { CONNECTION_RECORD_MS, type ConnectionRecord, type LiveConnection } from '../domain/live-connection.ts'
import type { UserId } from '../domain/user.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { CONNECTION, connectionKey, userPk } from './keys.ts'

/** Creates access to the records of live connections, in the partition of their user. */
export function createConnectionRecords(table: Table) {
  const { client, tableName: TableName } = table
  return {
    /** Stores a connection that was opened, or shows again that it is alive. What it watches stays. */
    async put(connection: LiveConnection, seenAt: number, signal: AbortSignal): Promise<void> {
      const { tenant, user, connectionId, connectedAt } = connection
      const fields = { tenant, user, connectionId, connectedAt, seenAt, ttl: ttlOf(connectedAt) }
      const names = Object.keys(fields)
      const input = {
        TableName,
        Key: toKey(connectionKey({ tenant, user }, connectionId)),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}, watched = if_not_exists(watched, :none) REMOVE vanished`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: toItem({
          ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
          ':none': [],
        }),
      }
      await client.send(new UpdateItemCommand(input), { signal })
    },
    /** Lists a user's connections consistently, also those whose end nobody noticed. */
    async list(id: UserId, signal: AbortSignal): Promise<ConnectionRecord[]> {
      const items = await queryAll(table, { pk: userPk(id), prefix: CONNECTION }, signal)
      return items.map((item) => fromItem<ConnectionRecord>(item).value)
    },
    /** Reads the record of a connection consistently; `undefined` if it was forgotten. */
    async get({ connectionId, ...id }: LiveConnection, signal: AbortSignal): Promise<ConnectionRecord | undefined> {
      const Key = toKey(connectionKey(id, connectionId))
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
      return Item && fromItem<ConnectionRecord>(Item).value
    },
    async remove({ connectionId, ...id }: UserId & { connectionId: string }, signal: AbortSignal): Promise<void> {
      await client.send(new DeleteItemCommand({ TableName, Key: toKey(connectionKey(id, connectionId)) }), { signal })
    },
    /** Records that a connection is alive; returns its record, or `undefined` if it was forgotten. */
    async touch(
      { tenant, user, connectionId }: LiveConnection,
      seenAt: number,
      signal: AbortSignal,
    ): Promise<ConnectionRecord | undefined> {
      const input = {
        TableName,
        Key: toKey(connectionKey({ tenant, user }, connectionId)),
        UpdateExpression: 'SET seenAt = :seenAt',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: toItem({ ':seenAt': seenAt }),
      }
      const { outcome, item } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
      return outcome === 'written' && item ? fromItem<ConnectionRecord>(item).value : undefined
    },
  }
}

/** Returns the time, in seconds since the epoch, after which the table forgets a connection by itself. */
export function ttlOf(connectedAt: number): number {
  return Math.ceil((connectedAt + CONNECTION_RECORD_MS) / 1000)
}
