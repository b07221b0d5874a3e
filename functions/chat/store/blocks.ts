import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Block, Blocks } from '../blocks/routes.ts'
import { toItem, toKey } from './items.ts'
import { directRoomId, type Key, recordKey } from './keys.ts'

/**
 * Creates the store of blocks. A block is a record of the pair's direct room, whether or not that room exists, so that
 * each message there is checked against it in its own transaction. Both reject as `DynamoDB` does.
 */
export function createBlocks({ client, tableName, now }: Table & { now: Clock }): Blocks {
  return {
    async block(block, signal) {
      const item = toItem({ ...blockKey(block), at: now(), revision: 1 })
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }), { signal })
    },
    async unblock(block, signal) {
      const input = {
        TableName: tableName,
        Key: toKey(blockKey(block)),
        ConditionExpression: 'attribute_exists(pk)',
      }
      const { outcome } = await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
      return outcome === 'written'
    },
  }
}

function blockKey({ tenant, user, blocked }: Block): Key {
  return recordKey({ tenant, room: directRoomId(tenant, [user, blocked]) }, { record: 'block', user: blocked })
}
