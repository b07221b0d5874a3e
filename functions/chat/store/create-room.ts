import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Random } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import { isPassing, transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { NewRoom, StoreRoom, StoreRoomOutcome } from '../rooms/create-room.ts'
import { roomCount } from './commit-transaction.ts'
import { toEventItem } from './event-item.ts'
import { toItem } from './items.ts'
import { recordKey } from './keys.ts'
import type { ForgetDeletedRooms } from './memberships.ts'

export interface CreateRoomOptions extends Table {
  random: Random
  startTimer: StartTimer
  newId: () => string
  forgetDeletedRooms: ForgetDeletedRooms
}

/** Tries, while others change the rooms of the same users. */
const MAX_TRIES = 5

/**
 * Stores a new room with its members in one transaction, or nothing.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) when other requests were in the way all the time.
 */
export function createStoreRoom(options: CreateRoomOptions): StoreRoom {
  const { client, tableName, random, startTimer, newId, forgetDeletedRooms } = options
  const untilItIsFree = retry({ maxAttempts: MAX_TRIES, baseMs: 20, capMs: 500, startTimer, random })

  async function attempt(room: NewRoom, signal: AbortSignal): Promise<StoreRoomOutcome> {
    const { items, counts } = creation(room, { tableName, operationId: newId() })
    const written = await transact(client, { items, token: newId() }, { signal })
    if (written.outcome === 'written') return { outcome: 'created' }
    const [head, ...others] = written.items
    if (head?.reason === 'condition') return { outcome: 'exists' }
    if (others.slice(0, counts).some(({ reason }) => reason === 'condition')) return { outcome: 'limit-reached' }
    const retryable = written.items.some(isPassing)
    throw new AppError('conflict', 'Other requests change the rooms of the same users', { retryable })
  }

  return async (room, signal) => {
    const store = () => untilItIsFree((inner) => attempt(room, inner), signal)
    const result = await store()
    if (result.outcome !== 'limit-reached') return result
    const { tenant } = room.id
    const forgotten = await Promise.all(room.members.map(({ user }) => forgetDeletedRooms({ tenant, user }, signal)))
    return forgotten.includes(true) ? store() : result
  }
}

/** Builds the transaction: the head, `counts` counters of users' rooms, the event, and the rows of the members. */
function creation(
  { id, room, members, event, cause }: NewRoom,
  { tableName: TableName, operationId }: { tableName: string; operationId: string },
) {
  const put = (values: object) => ({ TableName, Item: toItem({ ...values, revision: 1 }) })
  const head = put({ ...recordKey(id, { record: 'room' }), ...room })
  const counts = members.map(({ user }) => roomCount(TableName, { tenant: id.tenant, user }, 1))
  const items: TransactWriteItem[] = [
    { Put: { ...head, ConditionExpression: 'attribute_not_exists(pk)' } },
    ...counts,
    { Put: { TableName, Item: toEventItem(id, event, { cause, operationId, publish: 'chat.room.created' }) } },
    ...members.flatMap((member) => [
      { Put: put({ ...recordKey(id, { record: 'member', user: member.user }), ...member }) },
      { Put: put({ ...recordKey(id, { record: 'membership', user: member.user }), joined: member.joined }) },
    ]),
  ]
  return { items, counts: counts.length }
}
