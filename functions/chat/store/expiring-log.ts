import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import { AppError } from '../../shared/errors.ts'
import type { RoomEvent } from '../domain/event.ts'
import type { Message } from '../domain/message.ts'
import type { RecordKey } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import type { ExpiringLog } from '../upkeep/expire-messages.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { EVENT, recordKey } from './keys.ts'
import { queryRange } from './query-range.ts'

/** Tries to remove a message that others keep changing: an edit or a reaction that was decided before the floor rose. */
const MAX_TRIES = 5

/** Creates what retention removes of a room's log. All reject as `DynamoDB` does. */
export function createExpiringLog(table: Table): ExpiringLog {
  const { client, tableName: TableName } = table
  const head = (id: RoomId) => ({ TableName, Key: toKey(recordKey(id, { record: 'room' })) })
  return {
    async readOldest({ to, limit, ...id }, signal) {
      const { items, more } = await queryRange(table, { ...id, prefix: EVENT, from: 1, to, limit }, signal)
      return { events: items.map((item) => fromItem<RoomEvent>(item).value), more }
    },
    async raiseFloor({ floor, retentionDays, ...id }, signal) {
      const input = {
        ...head(id),
        UpdateExpression: 'SET #floor = :floor',
        ConditionExpression: '#floor < :floor AND retentionDays = :days AND deletedAt = :none',
        ExpressionAttributeNames: { '#floor': 'floor' },
        ExpressionAttributeValues: toItem({ ':floor': floor, ':days': retentionDays, ':none': null }),
      }
      const { outcome } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
      return outcome === 'written'
    },
    async eraseEvent({ id, event, floor }, signal) {
      const remove = async (key: RecordKey) => {
        await client.send(new DeleteItemCommand({ TableName, Key: toKey(recordKey(id, key)) }), { signal })
      }
      if (event.type === 'message') await eraseMessage(table, { id, seq: event.seq, floor }, signal)
      for (const key of companions(event)) await remove(key)
      // Last: whoever goes on after a crash finds the others by it.
      await remove({ record: 'event', seq: event.seq })
    },
    async eraseLastMessage({ floor, ...id }, signal) {
      const input = {
        ...head(id),
        UpdateExpression: 'SET lastMessage = :none',
        ConditionExpression: 'lastMessage.seq < :floor',
        ExpressionAttributeValues: toItem({ ':floor': floor, ':none': null }),
      }
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

/** Lists the records that an event added beside itself and its message. */
function companions(event: RoomEvent): RecordKey[] {
  if (event.type === 'reaction') {
    return [{ record: 'reaction', user: event.user, seq: event.target, emoji: event.emoji }]
  }
  if (event.type !== 'message') return []
  const { seq, mentions, threadRoot, attachments } = event
  return [
    ...mentions.map((user): RecordKey => ({ record: 'mention', user, seq })),
    ...(threadRoot === null ? [] : [{ record: 'reply', root: threadRoot, seq } as const]),
    ...attachments.map(({ id }): RecordKey => ({ record: 'attachment', id })),
  ]
}

/**
 * Removes a message, and the bodies of its edits above the floor. It must be as it was read: an edit that comes between
 * would leave its body.
 */
async function eraseMessage(
  { client, tableName: TableName }: Table,
  { id, seq, floor }: { id: RoomId; seq: number; floor: number },
  signal: AbortSignal,
): Promise<void> {
  const Key = toKey(recordKey(id, { record: 'message', seq }))
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
    if (!Item) return
    const { value, revision } = fromItem<Message>(Item)
    for (const edit of value.edits.filter((each) => each >= floor)) {
      const input = {
        TableName,
        Key: toKey(recordKey(id, { record: 'event', seq: edit })),
        UpdateExpression: 'SET erased = :erased, body = :body',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: toItem({ ':erased': true, ':body': '' }),
      }
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    }
    const input = {
      TableName,
      Key,
      ConditionExpression: 'revision = :seen',
      ExpressionAttributeValues: toItem({ ':seen': revision }),
    }
    const { outcome } = await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
    if (outcome === 'written') return
  }
  throw new AppError('conflict', `Others keep changing the message ${seq}`, { retryable: true })
}
