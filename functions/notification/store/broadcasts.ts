import { createHash } from 'node:crypto'
import { PutItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import { type Broadcast, type BroadcastId, type BroadcastProgress, OUTCOME_SHARDS } from '../domain/broadcast.ts'
import type { NotificationId } from '../domain/notification.ts'
import { isOpen, type Status } from '../domain/status.ts'
import type { ReadProgress, StopBroadcast, StoreBroadcast } from '../topics/publish.ts'
import type { Advance, Continue, ReadBroadcast } from '../topics/run-broadcast.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { broadcastPk, type Key } from './keys.ts'

/** As long as its notifications may live: the last is accepted within days, and is kept for 30 days after its end. */
const KEPT_SECONDS = 60 * 86_400

const BROADCAST = 'broadcast'
const OUTCOMES = 'outcomes#'

function broadcastKey({ tenant, id }: BroadcastId): Key {
  return { pk: broadcastPk(tenant, id), sk: BROADCAST }
}

/** Creates the write of a new broadcast: the stream of the table starts its worker, by its `turn`. */
export function createStoreBroadcast({ client, tableName }: Table): StoreBroadcast {
  return async (broadcast, signal) => {
    const ttl = Math.ceil(broadcast.createdAt / 1000) + KEPT_SECONDS
    const Item = toItem({ ...broadcastKey(broadcast), ...broadcast, turn: 1, ttl })
    await client.send(new PutItemCommand({ TableName: tableName, Item }), { signal })
  }
}

/** Creates the read of a broadcast for its worker. */
export function createReadBroadcast(table: Table): ReadBroadcast {
  return async (id, signal) => (await readAll(table, id, signal)).broadcast
}

/** Creates the read of a broadcast with the outcomes of its notifications. */
export function createReadProgress(table: Table): ReadProgress {
  return async (id, signal) => {
    const { broadcast, done, failed } = await readAll(table, id, signal)
    if (!broadcast) return undefined
    const { status, total, queued, refused } = broadcast
    return { status, total, queued, done, failed: failed + refused } satisfies BroadcastProgress
  }
}

/** Creates the end of a step. The last step of counting begins to notify, and the last of those ends the broadcast. */
export function createAdvance({ client, tableName }: Table): Advance {
  return async (broadcast, { counted, queued, refused, after }, signal) => {
    const isCounting = broadcast.phase === 'counting'
    const isLast = after === null
    const input = {
      TableName: tableName,
      Key: toKey(broadcastKey(broadcast)),
      UpdateExpression:
        'SET #after = :after, #phase = :phase, #status = if_not_exists(stopped, :status) ADD #total :counted, queued :queued, refused :refused',
      ConditionExpression: '#after = :before AND #phase = :from AND #status <> :done',
      ExpressionAttributeNames: { '#after': 'after', '#phase': 'phase', '#status': 'status', '#total': 'total' },
      ExpressionAttributeValues: toItem({
        ':after': after,
        ':before': broadcast.after,
        ':from': broadcast.phase,
        ':phase': isCounting && isLast ? 'notifying' : broadcast.phase,
        ':status': isLast && !isCounting ? 'done' : 'running',
        ':done': 'done',
        ':counted': counted,
        ':queued': queued,
        ':refused': refused,
      }),
    }
    const { outcome } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    return outcome === 'written' ? 'advanced' : 'overtaken'
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
  { tenant, id, broadcastId, ...move }: NotificationId & { broadcastId: string; from: Status; to: Status; ttl: number },
): TransactWriteItem | undefined {
  const [before, after] = [columnOf(move.from), columnOf(move.to)]
  if (before === after) return undefined
  const shard = createHash('sha256').update(id).digest().readUInt32BE(0) % OUTCOME_SHARDS
  const changes = { done: 0, failed: 0 }
  if (before) changes[before] -= 1
  if (after) changes[after] += 1
  return {
    Update: {
      TableName: tableName,
      Key: toKey({ pk: broadcastPk(tenant, broadcastId), sk: `${OUTCOMES}${shard}` }),
      UpdateExpression: 'SET #ttl = :ttl ADD done :done, failed :failed',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: toItem({ ':done': changes.done, ':failed': changes.failed, ':ttl': move.ttl }),
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

async function readAll(
  { client, tableName }: Table,
  { tenant, id }: BroadcastId,
  signal: AbortSignal,
): Promise<Outcomes & { broadcast: Broadcast | undefined }> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: toItem({ ':pk': broadcastPk(tenant, id) }),
      ConsistentRead: true,
    }),
    { signal },
  )
  const broadcast = Items.find(({ sk }) => sk?.S === BROADCAST)
  const outcomes = Items.filter(({ sk }) => sk?.S?.startsWith(OUTCOMES)).map((item) => fromItem<Outcomes>(item))
  const sum = (column: keyof Outcomes) => outcomes.reduce((total, counts) => total + counts[column], 0)
  return {
    broadcast: broadcast && fromItem<Broadcast>(broadcast),
    done: sum('done'),
    failed: sum('failed'),
  }
}
