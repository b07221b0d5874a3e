import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { RoomEvent } from '../domain/event.ts'
import { type ReadEvents, type ReadRoom, upToGap } from '../domain/log.ts'
import type { Room } from '../domain/room.ts'
import { fromItem, toKey } from './items.ts'
import { recordKey } from './keys.ts'
import { queryPages } from './query-all.ts'

/** Creates the consistent read of a room's head. */
export function createReadRoom({ client, tableName: TableName }: Table): ReadRoom {
  return async (id, signal) => {
    const input = { TableName, Key: toKey(recordKey(id, { record: 'room' })), ConsistentRead: true }
    const { Item } = await client.send(new GetItemCommand(input), { signal })
    return Item && fromItem<Room>(Item).value
  }
}

/**
 * Creates the consistent read of a room's log. The head that the caller read is its end, so that a commit meanwhile
 * can't leave a hole in what is read.
 */
export function createReadEvents(table: Table): ReadEvents {
  return async (id, { after, upTo }, signal) => {
    if (after >= upTo) return []
    const { pk, sk: from } = recordKey(id, { record: 'event', seq: after + 1 })
    const { sk: to } = recordKey(id, { record: 'event', seq: upTo })
    for await (const items of queryPages(table, { pk, from, to }, signal)) {
      const events = items.map((item) => fromItem<RoomEvent>(item).value)
      return upToGap(events, events[0]?.seq ?? 0)
    }
    return []
  }
}
