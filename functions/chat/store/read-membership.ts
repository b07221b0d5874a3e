import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { Member } from '../domain/member.ts'
import type { ReadMembership, Room } from '../domain/room.ts'
import { fromItem, keyOf, toKey } from './items.ts'
import { recordKey } from './keys.ts'

/** Creates the consistent read of a room and a member. It rejects as `DynamoDB` does. */
export function createReadMembership(options: BatchGetOptions): ReadMembership {
  const batchGet = createBatchGet(options)
  return async ({ user, ...id }, signal) => {
    const [head, row] = [recordKey(id, { record: 'room' }), recordKey(id, { record: 'member', user })]
    const items = await batchGet([head, row].map(toKey), { consistent: true, signal })
    const valueAt = <Value>(sk: string) => {
      const item = items.find((one) => keyOf(one).sk === sk)
      return item && fromItem<Value>(item).value
    }
    const [room, member] = [valueAt<Room>(head.sk), valueAt<Member>(row.sk)]
    return room && member && room.deletedAt === null ? { room, member } : undefined
  }
}
