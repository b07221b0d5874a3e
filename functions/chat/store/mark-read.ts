import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Member } from '../domain/member.ts'
import type { MarkRead } from '../domain/read-marker.ts'
import type { Room } from '../domain/room.ts'
import { fromItem, toKey } from './items.ts'
import { recordKey } from './keys.ts'

/**
 * Creates the write of read markers. Other devices of the member move the marker at the same time, so the condition
 * decides which is further. The row's revision stays, because no commit depends on the marker. It rejects as `DynamoDB`
 * does.
 */
export function createMarkRead({ client, tableName: TableName }: Table): MarkRead {
  return async ({ user, seq, ...id }, signal) => {
    const head = { TableName, Key: toKey(recordKey(id, { record: 'room' })), ConsistentRead: true }
    const { Item } = await client.send(new GetItemCommand(head), { signal })
    const room = Item && fromItem<Room>(Item).value
    if (!room || room.deletedAt !== null) return { outcome: 'not-member' }
    const read = Math.min(seq, room.head)
    const input = {
      TableName,
      Key: toKey(recordKey(id, { record: 'member', user })),
      UpdateExpression: 'SET #read = :read',
      ConditionExpression: 'attribute_exists(pk) AND #read < :read',
      ExpressionAttributeNames: { '#read': 'read' },
      ExpressionAttributeValues: { ':read': { N: String(read) } },
    }
    const written = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    if (written.outcome === 'written') return { outcome: 'read', seq: read, moved: true }
    if (!written.item) return { outcome: 'not-member' }
    return { outcome: 'read', seq: fromItem<Member>(written.item).value.read, moved: false }
  }
}
