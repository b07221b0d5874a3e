import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { createTransactWhenFree, type TransactWhenFreeOptions } from '../../shared/data/transact-when-free.ts'
import type { NewRoom, StoreRoom, StoreRoomOutcome } from '../rooms/create-room.ts'
import { roomCount } from './commit-transaction.ts'
import { toEventItem } from './event-item.ts'
import { toItem } from './items.ts'
import { recordKey } from './keys.ts'
import type { ForgetDeletedRooms } from './memberships.ts'

export interface CreateRoomOptions extends Table, TransactWhenFreeOptions {
  newId: () => string
  forgetDeletedRooms: ForgetDeletedRooms
}

/**
 * Stores a new room with its members in one transaction, or nothing.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) when every try conflicts with other requests.
 */
export function createStoreRoom(options: CreateRoomOptions): StoreRoom {
  const { tableName, newId, forgetDeletedRooms } = options
  const transactWhenFree = createTransactWhenFree(options)

  async function store(room: NewRoom, signal: AbortSignal): Promise<StoreRoomOutcome> {
    const plan = () => ({ items: creation(room, { tableName, operationId: newId() }), token: newId() })
    const written = await transactWhenFree(plan, signal)
    if (written.outcome === 'written') return { outcome: 'created' }
    // All other conditions are those of the counters of users' rooms.
    return { outcome: written.items[0]?.reason === 'condition' ? 'exists' : 'limit-reached' }
  }

  return async (room, signal) => {
    const result = await store(room, signal)
    if (result.outcome !== 'limit-reached') return result
    const { tenant } = room.id
    const forgotten = await Promise.all(room.members.map(({ user }) => forgetDeletedRooms({ tenant, user }, signal)))
    return forgotten.includes(true) ? store(room, signal) : result
  }
}

/** Builds the writes: the head, the counters of users' rooms, the event, and the rows of the members. */
function creation(
  { id, room, members, event, cause }: NewRoom,
  { tableName: TableName, operationId }: { tableName: string; operationId: string },
): TransactWriteItem[] {
  const put = (values: object) => ({ TableName, Item: toItem({ ...values, revision: 1 }) })
  const head = put({ ...recordKey(id, { record: 'room' }), ...room })
  const counts = members.map(({ user }) => roomCount(TableName, { tenant: id.tenant, user }, 1))
  return [
    { Put: { ...head, ConditionExpression: 'attribute_not_exists(pk)' } },
    ...counts,
    { Put: { TableName, Item: toEventItem(id, event, { cause, operationId, publish: 'chat.room.created' }) } },
    ...members.flatMap((member) => [
      { Put: put({ ...recordKey(id, { record: 'member', user: member.user }), ...member }) },
      { Put: put({ ...recordKey(id, { record: 'membership', user: member.user }), joined: member.joined }) },
    ]),
  ]
}
