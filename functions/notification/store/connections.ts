import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import type { LiveConnection } from '../domain/live.ts'
import type { Connections } from '../live/push.ts'
import { keyOf, toItem, toKey } from './items.ts'
import { CONNECTION, connectionKey, connectionsPk } from './keys.ts'

/** API Gateway ends a connection after 2 hours, sometimes without a word. */
const KEPT_SECONDS = 130 * 60

/** Creates the store of users' live connections. All reject as `DynamoDB` does. */
export function createConnectionStore(table: Table & { now: Clock }): Connections & {
  add: (connection: LiveConnection, signal: AbortSignal) => Promise<void>
} {
  const { client, tableName: TableName, now } = table
  return {
    async add(connection, signal) {
      const ttl = Math.ceil(now() / 1000) + KEPT_SECONDS
      await client.send(new PutItemCommand({ TableName, Item: toItem({ ...connectionKey(connection), ttl }) }), {
        signal,
      })
    },
    async list(user, signal) {
      const items = await queryAll(table, { pk: connectionsPk(user) }, signal)
      return items.map((item) => keyOf(item).sk.slice(CONNECTION.length))
    },
    async remove(connection, signal) {
      await client.send(new DeleteItemCommand({ TableName, Key: toKey(connectionKey(connection)) }), { signal })
    },
  }
}
