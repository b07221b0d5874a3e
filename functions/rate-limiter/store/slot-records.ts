import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import type { SlotRecords } from '../slots/take-slot.ts'
import { number } from './items.ts'
import { slotKey } from './keys.ts'

/** A slot that nobody holds any more is lost within an hour, its record a day after it was kept last. */
const KEPT_MS = 24 * 3_600_000

export interface SlotRecordsOptions extends Table {
  now: Clock
}

/** Keeps records of slots by their ids: an item each, which ends by itself. All reject as `DynamoDB` does. */
export function createSlotRecords({ client, tableName, now }: SlotRecordsOptions): SlotRecords {
  return {
    async read(id, signal) {
      const input = { TableName: tableName, Key: slotKey(id), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      const keptUntil = Number(Item?.ttl?.N ?? 0) * 1000
      // DynamoDB may delete late what has expired.
      if (!Item || keptUntil <= now()) return undefined
      const { policy, subject, ttlMs } = Item
      return { ...id, policy: policy?.S ?? '', subject: subject?.S ?? '', ttlMs: Number(ttlMs?.N), keptUntil }
    },
    async keep({ policy, subject, ttlMs, ...id }, signal) {
      const Item = {
        ...slotKey(id),
        policy: { S: policy },
        subject: { S: subject },
        ttlMs: number(ttlMs),
        ttl: number(Math.ceil((now() + KEPT_MS) / 1000)),
      }
      await client.send(new PutItemCommand({ TableName: tableName, Item }), { signal })
    },
    async forget(id, signal) {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: slotKey(id) }), { signal })
    },
  }
}
