import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { Records } from '../domain/records.ts'
import type { ReadRoomStates } from '../domain/room-state.ts'
import { fromItem, keyOf, toKey } from './items.ts'
import { recordKey } from './keys.ts'

/** Creates the consistent read of what several rooms are to a user. */
export function createReadRoomStates(options: BatchGetOptions): ReadRoomStates {
  const batchGet = createBatchGet(options)
  return async ({ tenant, user }, rooms, signal) => {
    const keysOf = (room: string) =>
      (['room', 'member', 'departure'] as const).map((record) =>
        recordKey({ tenant, room }, record === 'room' ? { record } : { record, user }),
      )
    const items = await batchGet(rooms.flatMap(keysOf).map(toKey), { consistent: true, signal })
    const found = new Map(items.map((item) => [JSON.stringify(keyOf(item)), fromItem<unknown>(item).value]))
    return new Map(
      rooms.map((id) => {
        const [room, member, departure] = keysOf(id).map((key) => found.get(JSON.stringify(key)))
        return [
          id,
          {
            room: room as Records['room'] | undefined,
            member: member as Records['member'] | undefined,
            departure: departure as Records['departure'] | undefined,
          },
        ]
      }),
    )
  }
}
