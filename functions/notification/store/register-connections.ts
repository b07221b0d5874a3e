import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import type { LiveSteps } from '../live/actions.ts'
import { toItem, toKey } from './items.ts'
import { connectionKey } from './keys.ts'

/** API Gateway ends a connection after 2 hours, sometimes without a word. */
const KEPT_SECONDS = 130 * 60

/** Creates what registers users' live connections. All reject as `DynamoDB` does. */
export function createRegisterConnections({ client, tableName: TableName, now }: Table & { now: Clock }): LiveSteps {
  return {
    async add(connection, state, signal) {
      const ttl = Math.ceil(now() / 1000) + KEPT_SECONDS
      const Item = toItem({ ...connectionKey(connection), state, ttl })
      await client.send(new PutItemCommand({ TableName, Item }), { signal })
    },
    async remove(connection, signal) {
      await client.send(new DeleteItemCommand({ TableName, Key: toKey(connectionKey(connection)) }), { signal })
    },
  }
}
