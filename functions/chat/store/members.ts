import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Member } from '../domain/member.ts'
import type { ReadMembers } from '../members/list-members.ts'
import type { StoreNotifyLevel } from '../members/notify.ts'
import { fromItem, keyOf, toKey } from './items.ts'
import { MEMBER, recordKey, roomPk } from './keys.ts'

/** Creates the consistent read of a room's members, by name. It rejects as `DynamoDB` does. */
export function createReadMembers({ client, tableName }: Table): ReadMembers {
  return async ({ after, limit, ...id }, signal) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :member)',
        ExpressionAttributeValues: { ':pk': { S: roomPk(id) }, ':member': { S: MEMBER } },
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: toKey(recordKey(id, { record: 'member', user: after })) }),
      }),
      { signal },
    )
    const members = Items.map((item) => fromItem<Member>(item).value)
    return { members, ...(LastEvaluatedKey && { next: keyOf(LastEvaluatedKey).sk.slice(MEMBER.length) }) }
  }
}

/**
 * Creates the write of a member's level. It leaves the row's revision, so that it is in no commit's way. It rejects as
 * `DynamoDB` does.
 */
export function createStoreNotifyLevel({ client, tableName }: Table): StoreNotifyLevel {
  return async ({ user, level, ...id }, signal) => {
    const input = {
      TableName: tableName,
      Key: toKey(recordKey(id, { record: 'member', user })),
      UpdateExpression: 'SET notify = :level',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':level': { S: level } },
    }
    const { outcome } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    return outcome === 'written' ? 'stored' : 'not-member'
  }
}
