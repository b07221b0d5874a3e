import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import type { ConnectionState } from '../domain/live.ts'
import type { Connections } from '../live/push.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { CONNECTION, connectionKey, connectionsPk } from './keys.ts'

/** Creates what finds users' live connections, and forgets those that are gone. All reject as `DynamoDB` does. */
export function createListedConnections(table: Table): Connections {
  const { client, tableName: TableName } = table
  return {
    async list(user, signal) {
      const items = await queryAll(table, { pk: connectionsPk(user) }, signal)
      return items.map((item) => {
        // One that was registered before connections had a state has none.
        const { sk, state = 'open' } = fromItem<{ state?: ConnectionState }>(item)
        return { ...user, connectionId: sk.slice(CONNECTION.length), state }
      })
    },
    async forget({ state, ...connection }, signal) {
      const input = {
        TableName,
        Key: toKey(connectionKey(connection)),
        ConditionExpression: 'attribute_not_exists(#state) OR #state = :listed',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: toItem({ ':listed': state }),
      }
      await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
    },
  }
}
