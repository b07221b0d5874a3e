import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import { createTransactWhenFree, type TransactWhenFreeOptions } from '../../shared/data/transact-when-free.ts'
import type { Block, Blocks } from '../blocks/routes.ts'
import type { RoomId } from '../domain/room.ts'
import { toItem, toKey } from './items.ts'
import { directRoomId, type Key, recordKey } from './keys.ts'

export interface BlocksOptions extends Table, TransactWhenFreeOptions {
  now: Clock
  newId: () => string
}

/**
 * Creates the store of blocks. A block is a record of the pair's direct room, whether or not that room exists, so that
 * each message there is checked against it in its own transaction. Both reject as `DynamoDB` does; `block` also with an
 * AppError (retryable) when other requests were in the way all the time.
 */
export function createBlocks(options: BlocksOptions): Blocks {
  const { client, tableName, now, newId } = options
  const transactWhenFree = createTransactWhenFree(options)
  const put = (values: object) => ({ Put: { TableName: tableName, Item: toItem(values) } })

  return {
    async block(block, signal) {
      const plan = () => {
        const id = newId()
        // A search of the room for one of its users either finds the block, or another trace in the end than when it began.
        const traces = [block.user, block.blocked].map((user) =>
          put({ ...recordKey(pairRoom(block), { record: 'trace', user }), id }),
        )
        return { items: [...traces, put({ ...blockKey(block), at: now(), revision: 1 })], token: id }
      }
      await transactWhenFree(plan, signal)
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
