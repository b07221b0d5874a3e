import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { ReadRoom } from '../domain/log.ts'
import type { Room } from '../domain/room.ts'
import { fromItem, toKey } from './items.ts'
import { recordKey } from './keys.ts'

/** Creates the consistent read of a room's head. */
export function createReadRoom({ client, tableName: TableName }: Table): ReadRoom {
  return async (id, signal) => {
    const input = { TableName, Key: toKey(recordKey(id, { record: 'room' })), ConsistentRead: true }
    const { Item } = await client.send(new GetItemCommand(input), { signal })
    return Item && fromItem<Room>(Item).value
  }
}
