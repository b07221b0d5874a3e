import { GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { Join, Leave, ReadWindow } from '../domain/window.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { channelKey, windowKey } from './keys.ts'
import { creation } from './new-notification.ts'
import { readStored } from './read-notification.ts'

/** The time after which nobody asks for a window: it closes within a week. */
const KEPT_SECONDS = 30 * 86_400

/** Creates the read of the newest window of a scope. It rejects as `DynamoDB` does. */
export function createReadWindow(table: Table): ReadWindow {
  const { client, tableName: TableName } = table
  return async (scope, signal) => {
    const input = { TableName, Key: toKey(windowKey(scope)), ConsistentRead: true }
    const { Item } = await client.send(new GetItemCommand(input), { signal })
    if (!Item) return undefined
    const { digestId } = fromItem<{ digestId: string }>(Item)
    const stored = await readStored(table, { tenant: scope.tenant, id: digestId }, signal)
    return { digestId, digest: stored?.tracked }
  }
}

/** Builds the writes by which an item joins a window, or opens one, to be in the transaction of the item's own move. */
export function joinWrites(
  TableName: string,
  join: Join,
  { operationId, now }: { operationId: string; now: number },
): TransactWriteItem[] {
  return join.kind === 'opens' ? opening(TableName, join, { operationId, now }) : [joining(TableName, join)]
}

/**
 * Builds the write by which a claimed item leaves its digest, to be in the transaction of the item's own move. Whoever
 * claims the digest with what was read before has to read it again, since its revision has changed.
 */
export function leaveWrite(TableName: string, { digest, seen: { channel, attempts } }: Leave): TransactWriteItem {
  return {
    Update: {
      TableName,
      Key: toKey(channelKey(digest, channel)),
      UpdateExpression: 'REMOVE dispatch ADD revision :one',
      ConditionExpression: 'attempts = :attempts',
      ExpressionAttributeValues: toItem({ ':attempts': attempts, ':one': 1 }),
    },
  }
}

/** One window of a scope opens after the other: the second of two workers finds the window of the first. */
function opening(
  TableName: string,
  { scope, digest, after }: Extract<Join, { kind: 'opens' }>,
  { operationId, now }: { operationId: string; now: number },
): TransactWriteItem[] {
  const digestId = digest.notification.id
  const Item = toItem({ ...windowKey(scope), digestId, ttl: Math.ceil(now / 1000) + KEPT_SECONDS })
  const condition =
    after === null
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'attribute_not_exists(pk) OR digestId = :after',
          ExpressionAttributeValues: toItem({ ':after': after }),
        }
  return [{ Put: { TableName, Item, ...condition } }, ...creation(digest, { TableName, operationId })]
}

/**
 * The window is open while the channel is `scheduled`. A full one is due at once, in its next turn. Only the last item
 * needs to know how many there are, so that many can join one after the other without reading it again.
 */
function joining(TableName: string, { item, digest, seen, maxItems, wakeAt }: Extract<Join, { kind: 'joins' }>) {
  const { channel, turn, dueAt } = seen
  const isFull = wakeAt !== null
  const dispatch = isFull ? ', dispatch = :dispatch' : 'REMOVE dispatch'
  return {
    Update: {
      TableName,
      Key: toKey(channelKey(digest, channel)),
      UpdateExpression: `SET #items = list_append(#items, :item), dueAt = :dueAt, turn = :next ${dispatch} ADD revision :one`,
      ConditionExpression: `#status = :scheduled AND turn = :turn AND size(#items) ${isFull ? '=' : '<'} :last`,
      ExpressionAttributeNames: { '#items': 'items', '#status': 'status' },
      ExpressionAttributeValues: toItem({
        ':item': [item],
        ':dueAt': wakeAt ?? dueAt,
        ':next': isFull ? turn + 1 : turn,
        ':dispatch': isFull ? 'at-once' : undefined,
        ':scheduled': 'scheduled',
        ':turn': turn,
        ':last': maxItems - 1,
        ':one': 1,
      }),
    },
  }
}
