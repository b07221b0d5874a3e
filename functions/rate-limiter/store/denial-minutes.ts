import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { DenialMinute, DenialMinutes } from '../denials/count-denials.ts'
import { MINUTE_KEPT_MS, type PolicyMinute, startOf } from '../domain/denials.ts'
import type { ReadDenied } from '../top/top-subjects.ts'
import { number } from './items.ts'
import { denialsPk, minuteKey, minuteSk } from './keys.ts'

/** Keeps the denials of minutes: an item each, which ends by itself. All reject as `DynamoDB` does. */
export function createDenialMinutes({ client, tableName }: Table): DenialMinutes {
  return {
    async read(id, signal) {
      const input = { TableName: tableName, Key: minuteKey(id), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      return Item && toMinute(id, Item)
    },
    async write({ minute, before }, signal) {
      const input = {
        TableName: tableName,
        Item: toItem(minute),
        // Every write adds a message: their number is the version.
        ...(before
          ? {
              ConditionExpression: 'size(messageIds) = :before',
              ExpressionAttributeValues: { ':before': number(before.messageIds.length) },
            }
          : { ConditionExpression: 'attribute_not_exists(pk)' }),
      }
      const { outcome, item } = await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
      return outcome === 'written' ? { outcome } : { outcome: 'raced', found: item && toMinute(minute, item) }
    },
  }
}

/** Reads the denials of a policy's minutes from the first one on, a minute after the other. Rejects as `DynamoDB` does. */
export function createReadDenied({ client, tableName }: Table): ReadDenied {
  return async ({ since, ...id }, signal) => {
    const minutes: DenialMinute[] = []
    let start: Item | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk >= :since',
          ExpressionAttributeValues: { ':pk': { S: denialsPk(id) }, ':since': { S: minuteSk(since) } },
          ExclusiveStartKey: start,
        }),
        { signal },
      )
      minutes.push(...Items.map((item) => toMinute({ ...id, minute: '' }, item)))
      start = LastEvaluatedKey
    } while (start)
    return minutes.map(({ hitters }) => hitters)
  }
}

function toItem({ hitters, degraded, messageIds, ...id }: DenialMinute): Item {
  return {
    ...minuteKey(id),
    hittersJson: { S: JSON.stringify(hitters.map(({ key, count, error }) => [key, count, error])) },
    degraded: number(degraded),
    messageIds: { L: messageIds.map((messageId) => ({ S: messageId })) },
    ttl: number((startOf(id.minute) + MINUTE_KEPT_MS) / 1000),
  }
}

function toMinute({ tenant, policy, minute }: PolicyMinute, item: Item): DenialMinute {
  const hitters = JSON.parse(item.hittersJson?.S ?? '[]') as [string, number, number][]
  return {
    tenant,
    policy,
    minute,
    hitters: hitters.map(([key, count, error]) => ({ key, count, error })),
    degraded: Number(item.degraded?.N ?? 0),
    messageIds: item.messageIds?.L?.map(({ S = '' }) => S) ?? [],
  }
}
