import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import { CONNECTION_RECORD_MS, type LiveConnection } from '../domain/live-connection.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { CONNECTION, connectionKey, type UserId, userPk } from './keys.ts'
import { queryAll } from './query-all.ts'

/** What the record of a connection holds, beside the connection. */
export interface ConnectionRecord extends LiveConnection {
  /** The time of its latest `ping`, in milliseconds since the epoch. */
  readonly seenAt: number
  /** The rooms that it watches. */
  readonly watched: readonly string[]
}

/** Creates access to the records of live connections, in the partition of their user. */
export function createConnectionRecords(table: Table) {
  const { client, tableName: TableName } = table
  return {
    /** Stores a connection that was opened, or that was forgotten. */
    async put({ tenant, user, connectionId, connectedAt }: LiveConnection, signal: AbortSignal): Promise<void> {
      const record = { tenant, user, connectionId, connectedAt, seenAt: connectedAt, watched: [] }
      const ttl = ttlOf(connectedAt)
      const Item = toItem({ ...connectionKey({ tenant, user }, connectionId), ...record, ttl })
      await client.send(new PutItemCommand({ TableName, Item }), { signal })
    },
    /** Lists a user's connections consistently, also those whose end nobody noticed. */
    async list(id: UserId, signal: AbortSignal): Promise<ConnectionRecord[]> {
      const items = await queryAll(table, { pk: userPk(id), prefix: CONNECTION }, signal)
      return items.map((item) => fromItem<ConnectionRecord>(item).value)
    },
    /** Checks consistently whether a connection is known. */
    async isKnown({ connectionId, ...id }: LiveConnection, signal: AbortSignal): Promise<boolean> {
      const Key = toKey(connectionKey(id, connectionId))
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
      return Item !== undefined
    },
    async remove({ connectionId, ...id }: UserId & { connectionId: string }, signal: AbortSignal): Promise<void> {
      await client.send(new DeleteItemCommand({ TableName, Key: toKey(connectionKey(id, connectionId)) }), { signal })
    },
    /** Changes fields of a record; returns it, or `undefined` if it was forgotten. */
    async update(
      { tenant, user, connectionId }: LiveConnection,
      changes: Partial<Pick<ConnectionRecord, 'seenAt' | 'watched'>>,
      signal: AbortSignal,
    ): Promise<ConnectionRecord | undefined> {
      const fields = Object.keys(changes)
      const values = Object.fromEntries(Object.entries(changes).map(([name, value]) => [`:${name}`, value]))
      const input = {
        TableName,
        Key: toKey(connectionKey({ tenant, user }, connectionId)),
        UpdateExpression: `SET ${fields.map((name) => `${name} = :${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: toItem(values),
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
