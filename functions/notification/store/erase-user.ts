import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from '../../shared/data/table.ts'
import type { EraseUser } from '../people/routes.ts'
import { keyOf, toKey } from './items.ts'
import { ENDPOINT, endpointOwnerKey, userPk } from './keys.ts'
import { queryAll } from './query-all.ts'

/** Creates the deletion of a user's own items. It may be repeated, and rejects as `DynamoDB` does. */
export function createEraseUser(table: Table): EraseUser {
  const remove = async (Key: Item, signal: AbortSignal) => {
    await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key }), { signal })
  }
  return async ({ tenant, userId }, signal) => {
    for (const item of await queryAll(table, { pk: userPk(tenant, userId) }, signal)) {
      const { sk } = keyOf(item)
      // The owner's item goes first: a repetition after a failure still finds the endpoint.
      if (sk.startsWith(ENDPOINT)) {
        await remove(toKey(endpointOwnerKey({ tenant, endpointId: sk.slice(ENDPOINT.length) })), signal)
      }
      await remove(toKey(keyOf(item)), signal)
    }
  }
}
