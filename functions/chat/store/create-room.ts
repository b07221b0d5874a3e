import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { RoomEvent } from '../domain/event.ts'
import type { Member } from '../domain/member.ts'
import type { Room, RoomId } from '../domain/room.ts'
import { roomCount } from './commit-transaction.ts'
import { toEventItem } from './event-item.ts'
import { toItem } from './items.ts'
import { recordKey } from './keys.ts'

/** A room with its first members and its first event. */
export interface NewRoom {
  readonly id: RoomId
  readonly room: Room
  readonly members: readonly Member[]
  readonly event: RoomEvent
  readonly cause: Cause
  readonly operationId: string
}

export type CreateRoomOutcome =
  | { readonly outcome: 'created' }
  | { readonly outcome: 'exists' }
  /** One of the members has as many rooms as a user can have. */
  | { readonly outcome: 'limit-reached' }

export type CreateRoom = (room: NewRoom, signal: AbortSignal) => Promise<CreateRoomOutcome>

/**
 * Stores a new room with its members in one transaction, or nothing.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) when other requests were in the way.
 */
export function createCreateRoom({ client, tableName: TableName }: Table): CreateRoom {
  return async ({ id, room, members, event, cause, operationId }, signal) => {
    const isNew = { ConditionExpression: 'attribute_not_exists(pk)' }
    const put = (values: object): TransactWriteItem => ({
      Put: { TableName, Item: toItem({ ...values, revision: 1 }) },
    })
    const counts = members.map(({ user }) => roomCount(TableName, { tenant: id.tenant, user }, 1))
    const head = { TableName, Item: toItem({ ...recordKey(id, { record: 'room' }), ...room, revision: 1 }), ...isNew }
    const items: TransactWriteItem[] = [
      { Put: head },
      ...counts,
      { Put: { TableName, Item: toEventItem(id, event, { cause, operationId, publish: 'chat.room.created' }) } },
      ...members.flatMap((member) => [
        put({ ...recordKey(id, { record: 'member', user: member.user }), ...member }),
        put({ ...recordKey(id, { record: 'membership', user: member.user }), joined: member.joined }),
      ]),
    ]
    const written = await transact(client, { items, token: operationId }, { signal })
    if (written.outcome === 'written') return { outcome: 'created' }
    const [first, ...others] = written.items
    if (first?.reason === 'condition') return { outcome: 'exists' }
    if (others.slice(0, counts.length).some(({ reason }) => reason === 'condition')) return { outcome: 'limit-reached' }
    throw new AppError('conflict', 'Other requests change the rooms of the same users', { retryable: true })
  }
}
