import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { RoomId } from '../domain/room.ts'
import type { PurgeSome } from '../upkeep/keep-up.ts'
import { roomCount } from './commit-transaction.ts'
import { keyOf, toItem, toKey } from './items.ts'
import { type Key, MEMBER, progressKey, recordKey, roomPk } from './keys.ts'

/** Items of a step, and those that are removed at a time. */
const MAX_ITEMS = 200
const CONCURRENCY = 10

/**
 * Creates what removes a deleted room from the table, the head last: without it nobody would know that the rest is to be
 * removed. Records of files are among the items, by whose removal their content is erased.
 */
export function createPurgeSome(table: Table): PurgeSome {
  const { client, tableName: TableName } = table
  const remove = async (key: Key, signal: AbortSignal) => {
    await client.send(new DeleteItemCommand({ TableName, Key: toKey(key) }), { signal })
  }

  return async ({ shards, ...id }, signal) => {
    const head = recordKey(id, { record: 'room' })
    const keys = await firstKeys(table, id, signal)
    const left = keys.filter(({ sk }) => sk !== head.sk)
    const errors: unknown[] = []
    await inParallel(left, CONCURRENCY, async (key) => {
      try {
        if (key.sk.startsWith(MEMBER)) await endMembership(table, { id, user: key.sk.slice(MEMBER.length) }, signal)
        await remove(key, signal)
      } catch (error) {
        errors.push(error)
      }
    })
    if (errors.length > 0) throw errors[0]
    if (left.length > 0) return false
    for (let shard = 0; shard < shards; shard++) await remove(progressKey(id, shard), signal)
    await remove(head, signal)
    return true
  }
}

async function firstKeys({ client, tableName }: Table, id: RoomId, signal: AbortSignal): Promise<Key[]> {
  const input = {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: toItem({ ':pk': roomPk(id) }),
    ProjectionExpression: 'pk, sk',
    ConsistentRead: true,
    Limit: MAX_ITEMS,
  }
  const { Items = [] } = await client.send(new QueryCommand(input), { signal })
  return Items.map(keyOf)
}

/** Takes the room out of the list of a member, unless the member did so already by reading the list. */
async function endMembership(
  { client, tableName: TableName }: Table,
  { id, user }: { id: RoomId; user: string },
  signal: AbortSignal,
): Promise<void> {
  const Key = toKey(recordKey(id, { record: 'membership', user }))
  const items = [
    { Delete: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } },
    roomCount(TableName, { tenant: id.tenant, user }, -1),
  ]
  const written = await transact(client, { items }, { signal })
  if (written.outcome === 'written' || written.items[0]?.reason === 'condition') return
  throw new AppError('conflict', 'Other requests change the rooms of a member', { retryable: true })
}
