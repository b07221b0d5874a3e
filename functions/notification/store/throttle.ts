import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import { AppError } from '../../shared/errors.ts'
import type { TakeThrottle } from '../domain/category.ts'
import { type Counted, decideThrottle } from '../domain/throttle.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { throttleKey } from './keys.ts'

/** Notifications of one category to one user at once are rare; whoever loses counts anew. */
const MAX_TRIES = 5

/**
 * Creates the count of notifications against the throttle of their category: one item for a user and category, with the
 * notifications that still count.
 *
 * @throws AppError (retryable) when every try conflicts with other requests, and what `DynamoDB` throws.
 */
export function createTakeThrottle({ client, tableName: TableName, now }: Table & { now: Clock }): TakeThrottle {
  return async ({ throttle, notificationId, ...of }, signal) => {
    const key = throttleKey(of)
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: toKey(key), ConsistentRead: true }), {
        signal,
      })
      const { log: before, revision } = Item ? fromItem<ThrottleItem>(Item) : { log: [], revision: 0 }
      const { throttled, log } = decideThrottle(before, { notificationId, throttle, now: now() })
      if (!log) return throttled
      const ttl = Math.ceil((now() + throttle.windowMs) / 1000)
      const input = {
        TableName,
        Item: toItem({ ...key, log, revision: revision + 1, ttl }),
        ConditionExpression: 'attribute_not_exists(pk) OR revision = :revision',
        ExpressionAttributeValues: { ':revision': { N: String(revision) } },
      }
      // A refused write may be this one's own first try: the next round finds the notification in the log.
      if ((await conditionalWrite(client, { operation: 'PutItem', input }, { signal })).outcome === 'written') {
        return throttled
      }
    }
    throw new AppError('conflict', `A throttle changed during each of ${MAX_TRIES} tries`, { retryable: true })
  }
}

interface ThrottleItem {
  readonly log: readonly Counted[]
  readonly revision: number
}
