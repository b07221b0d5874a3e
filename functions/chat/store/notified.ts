import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import { createTransactWhenFree } from '../../shared/data/transact-when-free.ts'
import { entryUpdate } from '../../shared/events/outbox-entry.ts'
import { startTimer as realTimer } from '../../shared/resilience/timer.ts'
import type { Member } from '../domain/member.ts'
import { type LastNotified, NOTIFIED_ONCE_IN_MS, NOTIFIED_UNTIL_MS } from '../domain/missed.ts'
import type { RoomKind } from '../domain/room.ts'
import type { CheckMissedDeps, Missed } from '../missed/check-missed.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { keyName, missedKey, recordKey } from './keys.ts'

export interface NotifiedOptions extends BatchGetOptions {
  newId: () => string
}

/** The content of an event's item. */
export interface MissedAbout {
  readonly kind: RoomKind
  readonly name: string | null
  readonly seq: number
  /** The time of the message, in milliseconds since the epoch. */
  readonly at: number
  readonly author: string
  readonly part: number
  readonly recipients: readonly string[]
}

/** The time for which it is recorded who was notified, in seconds: a day longer than anybody hears of a message. */
const KEPT_SECONDS = NOTIFIED_UNTIL_MS / 1000 + 24 * 3600

/**
 * Creates access to what members were notified of. The event is an item of the table with an outbox entry, and is
 * written in one transaction with a record for each recipient: either all of them are notified, or none.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) when every try conflicts with other requests.
 */
export function createNotifiedRecords(options: NotifiedOptions): Pick<CheckMissedDeps, 'readNotified' | 'notify'> {
  const { tableName, newId, startTimer = realTimer } = options
  const batchGet = createBatchGet(options)
  const transactWhenFree = createTransactWhenFree({ ...options, startTimer })
  return {
    async readNotified(id, users, signal) {
      const keysOf = (user: string) => [
        recordKey(id, { record: 'member', user }),
        recordKey(id, { record: 'notified', user }),
      ]
      const items = await batchGet(users.flatMap(keysOf).map(toKey), { consistent: true, signal })
      const found = new Map(items.map((item) => [keyName(keyOf(item)), fromItem<unknown>(item).value]))
      return users.flatMap((user) => {
        const [member, notified] = keysOf(user).map((key) => found.get(keyName(key)))
        return member ? [{ member: member as Member, notified: notified as LastNotified | undefined }] : []
      })
    },
    async notify(missed, signal) {
      const plan = () => {
        const token = newId()
        return { items: transaction(missed, { tableName, operationId: token }), token }
      }
      const { outcome } = await transactWhenFree(plan, signal)
      return outcome === 'written' ? 'notified' : 'refused'
    },
  }
}

/** Builds the transaction of an event. The item of a later event about the same message replaces the earlier one. */
function transaction(
  { id, room, message, part, users, cause, now }: Missed,
  { tableName: TableName, operationId }: { tableName: string; operationId: string },
): TransactWriteItem[] {
  const ttl = Math.ceil(now / 1000) + KEPT_SECONDS
  const { seq, at, user: author } = message
  const about: MissedAbout = { kind: room.kind, name: room.name, seq, at, author, part, recipients: users }
  const entry = entryUpdate({ ...cause, operationId, type: 'chat.message.missed', time: new Date(now).toISOString() })
  const fields = { ...id, about, ttl }
  const names = Object.keys(fields)
  return [
    {
      Update: {
        TableName,
        Key: toKey(missedKey(id, { seq, part })),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}, ${entry.set}`,
        ExpressionAttributeNames: { ...Object.fromEntries(names.map((name) => [`#${name}`, name])), ...entry.names },
        ExpressionAttributeValues: {
          ...toItem(Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value]))),
          ...entry.values,
        },
      },
    },
    ...users.map((user) => ({
      Put: {
        TableName,
        Item: toItem({ ...recordKey(id, { record: 'notified', user }), seq, at: now, ttl }),
        ConditionExpression: 'attribute_not_exists(pk) OR (#at <= :before AND seq < :seq)',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: toItem({ ':before': now - NOTIFIED_ONCE_IN_MS, ':seq': seq }),
      },
    })),
  ]
}
