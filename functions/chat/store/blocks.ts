import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Block, Blocks } from '../blocks/routes.ts'
import type { RoomId } from '../domain/room.ts'
import { toItem, toKey } from './items.ts'
import { directRoomId, type Key, recordKey } from './keys.ts'

/**
 * Creates the store of blocks. A block is a record of the pair's direct room, whether or not that room exists, so that
 * each message there is checked against it in its own transaction. Both reject as `DynamoDB` does.
 */
export function createBlocks({ client, tableName, now }: Table & { now: Clock }): Blocks {
  async function put(values: object, signal: AbortSignal): Promise<void> {
    await client.send(new PutItemCommand({ TableName: tableName, Item: toItem(values) }), { signal })
  }

  return {
    async block(block, signal) {
      // The traces go first: without them, the block would not be found when one of its users is pseudonymised.
      for (const user of [block.user, block.blocked]) {
        await put(recordKey(pairRoom(block), { record: 'trace', user }), signal)
      }
      await put({ ...blockKey(block), at: now(), revision: 1 }, signal)
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

function pairRoom({ tenant, user, blocked }: Block): RoomId {
  return { tenant, room: directRoomId(tenant, [user, blocked]) }
}

function blockKey(block: Block): Key {
  return recordKey(pairRoom(block), { record: 'block', user: block.blocked })
}
