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
 * AppError (retryable) when every try conflicts with other requests.
 */
export function createBlocks(options: BlocksOptions): Blocks {
  const { client, tableName, now, newId } = options
  const transactWhenFree = createTransactWhenFree(options)
  const put = (values: object, condition?: { ConditionExpression: string }) => ({
    Put: { TableName: tableName, Item: toItem(values), ...condition },
  })

  return {
    async block({ onlyIfAbsent, ...block }, signal) {
      const condition = onlyIfAbsent ? { ConditionExpression: 'attribute_not_exists(pk)' } : undefined
      const ids: string[] = []
      const plan = () => {
        const id = newId()
        ids.push(id)
        // A search of the room for one of its users either finds the block, or another trace in the end than when it began.
        const traces = [block.user, block.blocked].map((user) =>
          put({ ...recordKey(pairRoom(block), { record: 'trace', user }), id }),
        )
        return { items: [...traces, put({ ...blockKey(block), at: now(), id, revision: 1 }, condition)], token: id }
      }
      const result = await transactWhenFree(plan, signal)
      if (result.outcome === 'written') return 'blocked'
      const there = result.items.at(-1)
      // An earlier attempt, whose response was lost, may have created it.
      const isOwn = there?.reason === 'condition' && ids.includes(there.item?.id?.S ?? '')
      return isOwn ? 'blocked' : 'stale'
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
