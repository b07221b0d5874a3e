import { DeleteItemCommand, GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../data/conditional-write.ts'
import type { Item, Table } from '../data/table.ts'
import { inParallel } from '../queue/lanes.ts'
import type { TimerStore } from './sweep-timers.ts'
import { type Bucket, bucketOf, type Timer } from './timer.ts'

/** An item that no run removed ends so long after it was due: a table keeps nothing for ever. */
const KEPT_SECONDS = 90 * 24 * 60 * 60

/** The number of concurrent deletions of one bucket. */
const DELETIONS = 10

const DEFAULT_PAGE = 100

const WATERMARK: Item = { pk: { S: 'T#sweep' }, sk: { S: 'watermark' } }

/**
 * Builds the write that sets a timer, to be made in the transaction of the change that needs it: `pk =
 * T#<minute>#<shard>`, `sk = <due>#<id>`.
 *
 * @param now the time at which the transaction is sent, in milliseconds since the epoch.
 */
export function timerWrite({ tableName }: Pick<Table, 'tableName'>, timer: Timer, now: number): TransactWriteItem {
  const { dueAt, message } = timer
  const Item = {
    ...keyOf(bucketOf(timer, now), timer),
    message: { S: message },
    ttl: { N: String(Math.ceil(dueAt / 1000) + KEPT_SECONDS) },
  }
  return { Put: { TableName: tableName, Item } }
}

export interface TimerStoreOptions extends Table {
  /** @default 100 */
  pageSize?: number
}

/** Creates the store of a sweep, in the system's own table. All methods reject as `DynamoDB` does. */
export function createTimerStore({ client, tableName, pageSize = DEFAULT_PAGE }: TimerStoreOptions): TimerStore {
  const table = { TableName: tableName }
  return {
    async list(bucket, { until, from }, signal) {
      const input = {
        ...table,
        KeyConditionExpression: 'pk = :pk AND sk < :end',
        ExpressionAttributeValues: { ':pk': { S: pkOf(bucket) }, ':end': { S: `${timeText(until)}${AFTER_IDS}` } },
        Limit: pageSize,
        ...(from !== undefined && { ExclusiveStartKey: from as Item }),
      }
      const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(input), { signal })
      return { timers: Items.map(toTimer), next: LastEvaluatedKey }
    },
    async remove(bucket, timers, signal) {
      const failures: unknown[] = []
      await inParallel(timers, DELETIONS, async (timer) => {
        const command = new DeleteItemCommand({ ...table, Key: keyOf(bucket, timer) })
        await client.send(command, { signal }).catch((error) => failures.push(error))
      })
      if (failures.length > 0) throw failures[0]
    },
    async readWatermark(signal) {
      const command = new GetItemCommand({ ...table, Key: WATERMARK, ConsistentRead: true })
      const { Item } = await client.send(command, { signal })
      return Item ? Number(Item.minute?.N) : undefined
    },
    async raiseWatermark(minute, signal) {
      const input = {
        ...table,
        Key: WATERMARK,
        UpdateExpression: 'SET #minute = :minute',
        ConditionExpression: 'attribute_not_exists(#minute) OR #minute < :minute',
        ExpressionAttributeNames: { '#minute': 'minute' },
        ExpressionAttributeValues: { ':minute': { N: String(minute) } },
      }
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

/** A text that sorts right after the `#` in front of an id. */
const AFTER_IDS = '$'

/** The digits of a time until the year 2286, so that texts sort as times do. */
const TIME_DIGITS = 13

function timeText(time: number): string {
  return String(Math.max(0, Math.floor(time))).padStart(TIME_DIGITS, '0')
}

function pkOf({ minute, shard }: Bucket): string {
  return `T#${minute}#${shard}`
}

function keyOf(bucket: Bucket, { dueAt, id }: Timer): Item {
  return { pk: { S: pkOf(bucket) }, sk: { S: `${timeText(dueAt)}#${id}` } }
}

function toTimer({ sk, message }: Item): Timer {
  const key = sk?.S ?? ''
  return { dueAt: Number(key.slice(0, TIME_DIGITS)), id: key.slice(TIME_DIGITS + 1), message: message?.S ?? '' }
}
