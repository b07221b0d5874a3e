import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { Member } from '../domain/member.ts'
import type { ReadMembership, Room } from '../domain/room.ts'
import { fromItem, toKey } from './items.ts'
import { type Key, recordKey } from './keys.ts'

/**
 * Creates the consistent read of a room and a member. The room is read first: then a user who is still a member may see
 * every event up to its head. Read together, the member could be the one before a removal, and the head one after it.
 * It rejects as `DynamoDB` does.
 */
export function createReadMembership({ client, tableName: TableName }: Table): ReadMembership {
  async function read<Value>(key: Key, signal: AbortSignal): Promise<Value | undefined> {
    const input = { TableName, Key: toKey(key), ConsistentRead: true }
    const { Item } = await client.send(new GetItemCommand(input), { signal })
    return Item && fromItem<Value>(Item).value
  }

  return async ({ user, ...id }, signal) => {
    const room = await read<Room>(recordKey(id, { record: 'room' }), signal)
    if (!room || room.deletedAt !== null) return undefined
    const member = await read<Member>(recordKey(id, { record: 'member', user }), signal)
    return member && { room, member }
  }
}
