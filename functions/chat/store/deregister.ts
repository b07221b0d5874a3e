import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { LiveConnection } from '../domain/live-connection.ts'
import type { Room } from '../domain/room.ts'
import { fromItem, toKey } from './items.ts'
import { recipientKey, recordKey, shardOf } from './keys.ts'

/** Deletions at a time: a user of 1,000 rooms has as many. */
const CONCURRENCY = 20

/**
 * Creates what removes a connection from the recipients of rooms. One that was registered when its room had fewer shards
 * may stay, until the next event of the room finds the connection gone.
 *
 * @throws the first error, when all were tried.
 */
export function createDeregister(options: BatchGetOptions) {
  const { client, tableName: TableName } = options
  const batchGet = createBatchGet(options)
  return async ({ tenant, connectionId }: LiveConnection, rooms: readonly string[], signal: AbortSignal) => {
    const heads = rooms.map((room) => toKey(recordKey({ tenant, room }, { record: 'room' })))
    const items = await batchGet(heads, { consistent: false, signal })
    const errors: unknown[] = []
    await inParallel(items, CONCURRENCY, async (item) => {
      const { id: room, shards } = fromItem<Room>(item).value
      const Key = toKey(recipientKey({ tenant, room }, shardOf(connectionId, shards), connectionId))
      try {
        await client.send(new DeleteItemCommand({ TableName, Key }), { signal })
      } catch (error) {
        errors.push(error)
      }
    })
    if (errors.length > 0) throw errors[0]
  }
}
