import { createHash } from 'node:crypto'
import { GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { type Broadcast, type BroadcastId, OUTCOME_SHARDS } from '../domain/broadcast.ts'
import type { NotificationId } from '../domain/notification.ts'
import { isOpen, type Status } from '../domain/status.ts'
import type { ReadProgress, StopBroadcast, StoreBroadcast } from '../topics/publish.ts'
import type { Advance, Continue, ReadBroadcast, ReadMessage } from '../topics/run-broadcast.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { broadcastKey, broadcastMessageKey, outcomesKey } from './keys.ts'

/** The time for which it is kept after the last of its channels was due: its notifications live for about as long. */
const KEPT_SECONDS = 60 * 86_400

export interface BroadcastStoreOptions extends Table {
  newId: () => string
}

/**
 * Creates the write of a new broadcast: the stream of the table starts its worker, by its `turn`. The message is an item
 * of its own, since it may be large, and each step of the worker writes the broadcast.
 */
export function createStoreBroadcast<Message>(options: BroadcastStoreOptions): StoreBroadcast<Message> {
  const { client, tableName: TableName, newId } = options
  return async (broadcast, message, signal) => {
    const ttl = Math.ceil(broadcast.lastDueAt / 1000) + KEPT_SECONDS
    const items = [
      {
        Put: {
          TableName,
          Item: toItem({ ...broadcastKey(broadcast), ...broadcast, turn: 1, ttl }),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      // JSON, since its data may have numbers that an attribute can't.
      { Put: { TableName, Item: toItem({ ...broadcastMessageKey(broadcast), json: JSON.stringify(message), ttl }) } },
    ]
    const { outcome } = await transact(client, { items, token: newId() }, { signal })
    if (outcome === 'written') return
    if (!(await readOne(options, broadcast, signal))) {
      throw new AppError('conflict', 'Another request is storing the broadcast', { retryable: true })
    }
  }
}

/** Creates the consistent read of a broadcast for its worker. */
export function createReadBroadcast(table: Table): ReadBroadcast {
  return (id, signal) => readOne(table, id, signal)
}

async function readOne(
  { client, tableName: TableName }: Table,
  id: BroadcastId,
  signal: AbortSignal,
): Promise<Broadcast | undefined> {
  const input = { TableName, Key: toKey(broadcastKey(id)), ConsistentRead: true }
  const { Item } = await client.send(new GetItemCommand(input), { signal })
  return Item && toBroadcast(Item)
}

/** The attributes of a broadcast that only the table needs. */
interface StoredBroadcast {
  readonly turn: number
  readonly ttl: number
  /** `stopped` once it is: the end of a step doesn't undo it. */
  readonly stopped?: string
  /** The write that ended the latest step. */
  readonly endedBy?: string
}

function toBroadcast(item: Item): Broadcast {
  const { pk, sk, turn, ttl, stopped, endedBy, ...broadcast } = fromItem<Broadcast & StoredBroadcast>(item)
  return broadcast
}

/** Creates the consistent read of what a broadcast tells. */
export function createReadMessage<Message>({ client, tableName: TableName }: Table): ReadMessage<Message> {
  return async (id, signal) => {
    const input = { TableName, Key: toKey(broadcastMessageKey(id)), ConsistentRead: true }
    const { Item } = await client.send(new GetItemCommand(input), { signal })
    return Item && (JSON.parse(Item.json?.S ?? '') as Message)
  }
}

/** Creates the read of a broadcast with the outcomes of its notifications, in one request. */
export function createReadProgress(options: BatchGetOptions): ReadProgress {
  const batchGet = createBatchGet(options)
  return async (id, signal) => {
    const shards = Array.from({ length: OUTCOME_SHARDS }, (_, shard) => outcomesKey(id, shard))
    const { pk, sk } = broadcastKey(id)
    const items = await batchGet([{ pk, sk }, ...shards].map(toKey), { consistent: true, signal })
    const isBroadcast = (item: Item) => keyOf(item).pk === pk
    const found = items.find(isBroadcast)
    if (!found) return undefined
    const outcomes = items.filter((item) => !isBroadcast(item)).map((item) => fromItem<Outcomes>(item))
    const sum = (column: keyof Outcomes) => outcomes.reduce((total, counts) => total + counts[column], 0)
    const { status, total, queued, refused } = toBroadcast(found)
    const [done, failed] = [sum('done'), sum('failed')]
    // A step is counted at its end: of one that died, and that nobody repeats since the broadcast was stopped, only the
    // notifications tell.
    return { status, total, queued: Math.max(queued, done + failed), done, failed: failed + refused }
  }
}

/** Creates the end of a step. The last step of counting begins to notify, and the last of those ends the broadcast. */
export function createAdvance({ client, tableName, newId }: BroadcastStoreOptions): Advance {
  return async (broadcast, { counted, queued, refused, after }, signal) => {
    const isCounting = broadcast.phase === 'counting'
    const isLast = after === null
    const endedBy = newId()
    const input = {
      TableName: tableName,
      Key: toKey(broadcastKey(broadcast)),
      UpdateExpression:
        'SET #after = :after, phase = :phase, #status = if_not_exists(stopped, :status), endedBy = :by ADD #total :counted, queued :queued, refused :refused, steps :one',
      ConditionExpression: 'steps = :seen',
      ExpressionAttributeNames: { '#after': 'after', '#status': 'status', '#total': 'total' },
      ExpressionAttributeValues: toItem({
        ':after': after,
        ':phase': isCounting && isLast ? 'notifying' : broadcast.phase,
        ':status': isLast && !isCounting ? 'done' : 'running',
        ':by': endedBy,
        ':counted': counted,
        ':queued': queued,
        ':refused': refused,
        ':one': 1,
        ':seen': broadcast.steps,
      }),
    }
    const { outcome, item } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    // Refused by this write's own first try, the answer of which was lost.
    const isOurs = item?.endedBy?.S === endedBy
    return outcome === 'written' || isOurs ? 'advanced' : 'overtaken'
  }
}

/** Creates the request for another worker: the stream of the table sends it, as for a new broadcast. */
export function createContinue({ client, tableName }: Table): Continue {
  return async (id, signal) => {
    const input = {
      TableName: tableName,
      Key: toKey(broadcastKey(id)),
      UpdateExpression: 'ADD turn :one',
      ConditionExpression: '#status = :running',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: toItem({ ':one': 1, ':running': 'running' }),
    }
    await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
  }
}

/** Creates the stop of a broadcast; stopping it again changes nothing. */
export function createStopBroadcast({ client, tableName }: Table): StopBroadcast {
  return async (id, signal) => {
    const input = {
      TableName: tableName,
      Key: toKey(broadcastKey(id)),
      UpdateExpression: 'SET #status = :stopped, stopped = :stopped',
      ConditionExpression: 'attribute_exists(pk) AND #status <> :done',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: toItem({ ':stopped': 'stopped', ':done': 'done' }),
    }
    const { outcome, item } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    if (outcome === 'written') return 'stopped'
    return item ? 'done' : 'not-found'
  }
}

/**
 * Returns the write that counts a notification's move in its broadcast, to be part of the transaction of the move;
 * `undefined` where it changes no count. Counts are spread, so that notifications that end at once seldom meet.
 */
export function outcomeCount(
  { tableName }: Pick<Table, 'tableName'>,
  { tenant, id, broadcastId, ...move }: NotificationId & { broadcastId: string; from: Status; to: Status; now: number },
): TransactWriteItem | undefined {
  const [before, after] = [columnOf(move.from), columnOf(move.to)]
  if (before === after) return undefined
  const shard = createHash('sha256').update(id).digest().readUInt32BE(0) % OUTCOME_SHARDS
  const changes = { done: 0, failed: 0 }
  const ttl = Math.ceil(move.now / 1000) + KEPT_SECONDS
  if (before) changes[before] -= 1
  if (after) changes[after] += 1
  return {
    Update: {
      TableName: tableName,
      Key: toKey(outcomesKey({ tenant, id: broadcastId }, shard)),
      UpdateExpression: 'SET #ttl = :ttl ADD done :done, failed :failed',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: toItem({ ':done': changes.done, ':failed': changes.failed, ':ttl': ttl }),
    },
  }
}

function columnOf(status: Status): 'done' | 'failed' | undefined {
  if (isOpen(status)) return undefined
  return status === 'failed' ? 'failed' : 'done'
}

interface Outcomes {
  readonly done: number
  readonly failed: number
}
