import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Clock, Random } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import type { Cause } from '../../shared/events/event.ts'
import { randomPause, type StartTimer } from '../../shared/resilience/timer.ts'
import { timerWrite } from '../../shared/timers/timer-store.ts'
import { announced } from '../domain/digest.ts'
import { isHeldByQuietHours } from '../domain/held.ts'
import { type Changes, type Revise, summaryAfter } from '../domain/moves.ts'
import type { Summary, Tracked } from '../domain/notification.ts'
import { outcomeCount } from './broadcasts.ts'
import { joinWrites, leaveWrite } from './digest-windows.ts'
import { toItem, toKey } from './items.ts'
import { channelKey, heldPk, notificationKey } from './keys.ts'
import { channelItem, type StoredNotification, SUMMARY, summaryItem, timerOf, ttlOf } from './notification-items.ts'
import { readStored } from './read-notification.ts'

export interface ReviseOptions extends Table {
  now: Clock
  random: Random
  startTimer: StartTimer
  newId: () => string
}

/** Tries, each of which reads the notification again. A notification has five channels, and few move at once. */
const MAX_TRIES = 8
/** The longest pause before the second try; it doubles with each further one. */
const BASE_MS = 20

/**
 * Creates the one way in which notifications change: see `Revise`.
 *
 * @throws what `decide` and `DynamoDB` throw; AppError (retryable) `conflict` when every try conflicts with others.
 */
export function createRevise(options: ReviseOptions): Revise {
  const { client, tableName, now, random, startTimer, newId } = options

  return async ({ id, cause, decide }, signal) => {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      if (tries > 1) await randomPause({ maxMs: BASE_MS * 2 ** (tries - 2), random, signal, startTimer })
      const stored = await readStored(options, id, signal)
      if (!stored) return undefined
      const { changes: decided, result } = await decide(stored.tracked)
      if (!decided) return result
      const [operationId, at] = [newId(), now()]
      const changes = announced(stored.tracked, decided, at)
      const context = { stored, changes, tableName, operationId, now: at, cause }
      const items = revision(context)
      const written = await transact(client, { items, token: operationId }, { signal })
      if (written.outcome === 'written') return result
      // The write to the digest is the last one.
      if (changes.leave && written.items.at(-1)?.reason === 'condition') return undefined
    }
    throw new AppError('conflict', 'Others kept changing the notification', { retryable: true })
  }
}

interface Revision {
  readonly stored: StoredNotification
  readonly changes: Changes
  readonly tableName: string
  readonly operationId: string
  readonly now: number
  readonly cause: Cause | undefined
}

/** Builds the transaction of a change: the changed channels and the summary, each on condition that it is as it was. */
function revision({ stored, changes, tableName: TableName, operationId, now, cause }: Revision): TransactWriteItem[] {
  const { tracked, revisions } = stored
  const { notification } = tracked
  const summary = summaryAfter(tracked, changes, now)
  const next = (name: string) => (revisions[name] ?? 0) + 1
  const unchanged = (name: string) => ({
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': { N: String(revisions[name] ?? 0) } },
  })
  const published = changes.publish && { ...changes.publish, channels: changes.channels.map(({ channel }) => channel) }
  const turns = new Map(tracked.channels.map(({ channel, turn }) => [channel, turn]))
  const channels = changes.channels.map((channel): TransactWriteItem => {
    const dispatch = turns.get(channel.channel) === channel.turn ? undefined : 'at-once'
    const Item = channelItem(channel, { notification, summary, revision: next(channel.channel), dispatch, now })
    return { Put: { TableName, Item, ...unchanged(channel.channel) } }
  })
  const Item = summaryItem({
    ...{ notification, summary, operationId, now, revision: next(SUMMARY), cause: cause ?? notification.cause },
    ...(published && { published }),
  })
  const ends = tracked.summary.doneAt === null && summary.doneAt !== null
  const ttl = ends ? expiries(tracked, changes).map((key) => expiry(key, { TableName, ttl: ttlOf(summary) ?? 0 })) : []
  return [
    ...channels,
    { Put: { TableName, Item, ...unchanged(SUMMARY) } },
    ...ttl,
    ...timersOf(tracked, changes, { TableName, now }),
    ...heldWrites(TableName, tracked, changes),
    ...outcomeWrites({ tableName: TableName }, tracked, { summary, now }),
    ...(changes.join ? joinWrites(TableName, changes.join, { operationId, now }) : []),
    ...(changes.leave ? [leaveWrite(TableName, changes.leave)] : []),
  ]
}

/** Returns the writes of timers for new turns. */
function timersOf(
  { notification, channels }: Tracked,
  changes: Changes,
  { TableName, now }: { TableName: string; now: number },
): TransactWriteItem[] {
  const before = new Map(channels.map(({ channel, turn }) => [channel, turn]))
  return changes.channels.flatMap((channel) => {
    const timer = before.get(channel.channel) === channel.turn ? undefined : timerOf(channel, notification, now)
    return timer ? [timerWrite({ tableName: TableName }, timer, now)] : []
  })
}

/** The time for which it is known that quiet hours held a channel back, after their end. */
const HELD_AFTER_SECONDS = 86_400

/** Returns the writes by which a change of quiet hours finds what they held back. */
function heldWrites(TableName: string, { notification }: Tracked, { channels }: Changes): TransactWriteItem[] {
  const { tenant, id, to } = notification
  if (!('userId' in to)) return []
  const pk = heldPk({ tenant, userId: to.userId })
  return channels.filter(isHeldByQuietHours).map(({ channel, dueAt }) => {
    const ttl = Math.ceil(dueAt / 1000) + HELD_AFTER_SECONDS
    return { Put: { TableName, Item: toItem({ pk, sk: `${id}#${channel}`, id, ttl }) } }
  })
}

/** Returns the write that counts the end of a broadcast's notification. */
function outcomeWrites(
  table: { tableName: string },
  { notification, summary: before }: Tracked,
  { summary, now }: { summary: Summary; now: number },
): TransactWriteItem[] {
  const { broadcastId } = notification
  if (broadcastId === null) return []
  const write = outcomeCount(table, { ...notification, broadcastId, from: before.status, to: summary.status, now })
  return write ? [write] : []
}

/** Returns the keys of a notification's other items, which end with it. */
function expiries({ notification, channels }: Tracked, changes: Changes) {
  const changed = new Set(changes.channels.map(({ channel }) => channel))
  const others = channels.filter(({ channel }) => !changed.has(channel))
  return [notificationKey(notification), ...others.map(({ channel }) => channelKey(notification, channel))]
}

function expiry(
  key: ReturnType<typeof notificationKey>,
  { TableName, ttl }: { TableName: string; ttl: number },
): TransactWriteItem {
  return {
    Update: {
      TableName,
      Key: toKey(key),
      UpdateExpression: 'SET #ttl = :ttl',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':ttl': { N: String(ttl) } },
    },
  }
}
