import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { type BatchGet, type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import type { Member } from '../domain/member.ts'
import type { Room } from '../domain/room.ts'
import type { UserId } from '../domain/user.ts'
import type { ReadOwnRows, ReadRooms } from '../rooms/list-rooms.ts'
import { fromItem, keyOf, toKey } from './items.ts'
import { MEMBERSHIP, recordKey, roomCountKey, roomOf, userPk } from './keys.ts'

/**
 * Forgets rooms of a user that were deleted, so that they no longer count against the user's limit.
 *
 * @returns whether any was forgotten.
 */
export type ForgetDeletedRooms = (id: UserId, signal: AbortSignal) => Promise<boolean>

export interface Memberships {
  readRooms: ReadRooms
  readRows: ReadOwnRows
  forgetDeletedRooms: ForgetDeletedRooms
}

/** Rooms that are forgotten in one transaction, which takes 100 items: two for each, and the counter. */
const MAX_FORGOTTEN = 49

/**
 * Creates the reads of a user's rooms. The deletion of a room is one write, however many members it has: whoever reads
 * the rooms of a member next removes the row of that member, and the room from the user's list. All reject as `DynamoDB`
 * does.
 */
export function createMemberships(options: BatchGetOptions): Memberships {
  const batchGet = createBatchGet(options)
  const read = async (id: UserId, signal: AbortSignal) => {
    const rooms = await readHeads(batchGet, { id, rooms: await listRooms(options, id, signal) }, signal)
    return { kept: rooms.filter(isLive), deleted: rooms.filter((room) => !isLive(room)) }
  }
  return {
    async readRooms(id, signal) {
      const { kept, deleted } = await read(id, signal)
      await forget(options, { id, deleted }, signal)
      return kept
    },
    async readRows({ tenant, user, rooms }, signal) {
      const keys = rooms.map((room) => toKey(recordKey({ tenant, room }, { record: 'member', user })))
      const items = await batchGet(keys, { consistent: true, signal })
      return new Map(items.map((item) => [roomOf(keyOf(item)), fromItem<Member>(item).value]))
    },
    async forgetDeletedRooms(id, signal) {
      const { deleted } = await read(id, signal)
      return forget(options, { id, deleted }, signal)
    },
  }
}

function isLive({ deletedAt }: Room): boolean {
  return deletedAt === null
}

/** Lists the ids of a user's rooms consistently. Rejects as `DynamoDB` does. */
export async function listRooms(table: Table, id: UserId, signal: AbortSignal): Promise<string[]> {
  const items = await queryAll(table, { pk: userPk(id), prefix: MEMBERSHIP }, signal)
  return items.map((item) => keyOf(item).sk.slice(MEMBERSHIP.length))
}

async function readHeads(
  batchGet: BatchGet,
  { id, rooms }: { id: UserId; rooms: readonly string[] },
  signal: AbortSignal,
): Promise<Room[]> {
  const keys = rooms.map((room) => toKey(recordKey({ tenant: id.tenant, room }, { record: 'room' })))
  return (await batchGet(keys, { consistent: true, signal })).map((item) => fromItem<Room>(item).value)
}

/**
 * Removes deleted rooms from the list of a user. If another request forgets one of them at the same time, nothing
 * happens, and the next read tries again.
 */
export async function forget(
  { client, tableName: TableName }: Table,
  { id: { tenant, user }, deleted }: { id: UserId; deleted: readonly Room[] },
  signal: AbortSignal,
): Promise<boolean> {
  const gone = deleted.slice(0, MAX_FORGOTTEN)
  if (gone.length === 0) return false
  const items: TransactWriteItem[] = gone.flatMap(({ id }) => {
    const keyOfRecord = (record: 'member' | 'membership') => toKey(recordKey({ tenant, room: id }, { record, user }))
    return [
      { Delete: { TableName, Key: keyOfRecord('membership'), ConditionExpression: 'attribute_exists(pk)' } },
      { Delete: { TableName, Key: keyOfRecord('member') } },
    ]
  })
  const counter = {
    TableName,
    Key: toKey(roomCountKey({ tenant, user })),
    UpdateExpression: 'ADD rooms :gone',
    ExpressionAttributeValues: { ':gone': { N: String(-gone.length) } },
  }
  const { outcome } = await transact(client, { items: [...items, { Update: counter }] }, { signal })
  return outcome === 'written'
}
