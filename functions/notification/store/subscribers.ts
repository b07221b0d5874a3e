import { QueryCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { createTransactWhenFree, type TransactWhenFreeOptions } from '../../shared/data/transact-when-free.ts'
import type { Subscriber } from '../domain/broadcast.ts'
import type { ChangeSubscription, NextVersion, ReadSubscribers } from '../topics/subscribe.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { SUBSCRIBER, subscriberKey, topicPk, userTopicKey } from './keys.ts'

/** The time for which a subscription that ended is kept, for the broadcasts that began before. */
const KEPT_SECONDS = 7 * 86_400

export interface SubscriberStoreOptions extends Table, TransactWhenFreeOptions {
  newId: () => string
}

/** Creates the counter of a topic's versions. It rejects as `DynamoDB` does; a lost answer skips a version. */
export function createNextVersion({ client, tableName }: Table): NextVersion {
  return async ({ tenant, topic }, signal) => {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: toKey({ pk: topicPk(tenant, topic), sk: 'topic' }),
        UpdateExpression: 'ADD version :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      }),
      { signal },
    )
    return Number(Attributes?.version?.N)
  }
}

/** Creates the write of a new subscription: beside the subscriber, the topic is noted with the user. */
export function createStartSubscription(options: SubscriberStoreOptions): ChangeSubscription {
  const { tableName } = options
  return (change, signal) => {
    const subscriber = {
      Update: {
        TableName: tableName,
        Key: toKey(subscriberKey(change)),
        UpdateExpression:
          'SET #before = if_not_exists(#span, :none), #span = :span, #user = :user, subscribedAt = :now, #left = :none REMOVE #ttl',
        ConditionExpression: 'attribute_not_exists(#left) OR attribute_type(#left, :number)',
        ExpressionAttributeNames: {
          '#before': 'before',
          '#span': 'span',
          '#user': 'user',
          '#left': 'left',
          '#ttl': 'ttl',
        },
        ExpressionAttributeValues: toItem({
          ':span': { joined: change.version, left: null },
          ':user': change.user,
          ':now': change.now,
          ':none': null,
          ':number': 'N',
        }),
      },
    }
    const item = toItem({ ...userTopicKey(change), topic: change.topic })
    return write(options, [subscriber, { Put: { TableName: tableName, Item: item } }], signal)
  }
}

/** Creates the end of a subscription, which is kept for a week. */
export function createEndSubscription(options: SubscriberStoreOptions): ChangeSubscription {
  const { tableName } = options
  return (change, signal) => {
    const subscriber = {
      Update: {
        TableName: tableName,
        Key: toKey(subscriberKey(change)),
        UpdateExpression: 'SET #left = :version, #span.#left = :version, #ttl = :ttl',
        ConditionExpression: 'attribute_type(#left, :null)',
        ExpressionAttributeNames: { '#left': 'left', '#span': 'span', '#ttl': 'ttl' },
        ExpressionAttributeValues: toItem({
          ':version': change.version,
          ':ttl': Math.ceil(change.now / 1000) + KEPT_SECONDS,
          ':null': 'NULL',
        }),
      },
    }
    return write(options, [subscriber, { Delete: { TableName: tableName, Key: toKey(userTopicKey(change)) } }], signal)
  }
}

/** Creates the consistent read of a topic's subscribers, by name. It rejects as `DynamoDB` does. */
export function createReadSubscribers({ client, tableName }: Table): ReadSubscribers {
  return async ({ tenant, topic, after, limit }, signal) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :subscriber)',
        ExpressionAttributeValues: toItem({ ':pk': topicPk(tenant, topic), ':subscriber': SUBSCRIBER }),
        ConsistentRead: true,
        Limit: limit,
        ...(after !== null && { ExclusiveStartKey: toKey(subscriberKey({ tenant, topic, user: after })) }),
      }),
      { signal },
    )
    const next = LastEvaluatedKey?.sk?.S?.slice(SUBSCRIBER.length)
    return { subscribers: Items.map(toSubscriber), ...(next !== undefined && { next }) }
  }
}

interface SubscriberItem extends Omit<Subscriber, 'joined' | 'left'> {
  readonly span: Pick<Subscriber, 'joined' | 'left'>
}

function toSubscriber(item: Parameters<typeof fromItem>[0]): Subscriber {
  const { user, span, before, subscribedAt } = fromItem<SubscriberItem>(item)
  return { user, ...span, before, subscribedAt }
}

/**
 * @throws AppError (retryable) when others kept changing the same subscription, and what `DynamoDB` throws.
 */
async function write(
  options: SubscriberStoreOptions,
  items: readonly TransactWriteItem[],
  signal: AbortSignal,
): Promise<'changed' | 'unchanged'> {
  // With a token, a try whose answer was lost is no subscription that was there before.
  const plan = () => ({ items, token: options.newId() })
  const { outcome } = await createTransactWhenFree(options)(plan, signal)
  return outcome === 'written' ? 'changed' : 'unchanged'
}
