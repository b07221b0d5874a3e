import type { Item } from '../../shared/data/table.ts'
import type { Cause } from '../../shared/events/event.ts'
import { entryAttributes } from '../../shared/events/outbox-entry.ts'
import type { Timer } from '../../shared/timers/timer.ts'
import type { Turn } from '../deliver/turn.ts'
import type { Channel } from '../domain/channel.ts'
import type { ChannelState, Notification, Summary, Tracked } from '../domain/notification.ts'
import type { Outcome } from '../domain/status.ts'
import { fromItem, sortable, toItem } from './items.ts'
import { CHANNEL, channelKey, notificationKey, summaryKey } from './keys.ts'

/** The time for which a notification is kept after its status was first final. */
const KEPT_SECONDS = 30 * 24 * 60 * 60

/** An event that a change of the summary publishes. */
export interface Published {
  readonly outcome: Outcome | 'accepted'
  readonly channels: readonly Channel[]
  readonly reason: string | null
}

/** A notification as it was read, with what its writes depend on. */
export interface StoredNotification {
  readonly tracked: Tracked
  /** By item: `summary`, or the channel. Each write raises the revision of its item. */
  readonly revisions: Readonly<Record<string, number>>
}

export const SUMMARY = 'summary'

/** The longest delay of a queue. What is due later has a timer. */
const MAX_DELAY_MS = 15 * 60 * 1000

/** Returns when items may be deleted, in seconds since the epoch; `undefined` while the notification is open. */
export function ttlOf({ doneAt }: Summary): number | undefined {
  return doneAt === null ? undefined : Math.ceil(doneAt / 1000) + KEPT_SECONDS
}

/** Holds the notification as JSON, since its data may have numbers that an attribute can't. */
export function notificationItem(notification: Notification): Item {
  return toItem({ ...notificationKey(notification), json: JSON.stringify(notification) })
}

export interface SummaryItemInput {
  readonly notification: Notification
  readonly summary: Summary
  readonly revision: number
  readonly published?: Published
  readonly operationId: string
  readonly now: number
  readonly cause: Cause
}

/** Builds the item that lists show. Its revision is the sequence of its events. A digest has neither. */
export function summaryItem({
  notification,
  summary,
  revision,
  operationId,
  now,
  cause,
  ...input
}: SummaryItemInput): Item {
  const { tenant, id, to, category, priority, reference, createdAt, isDigest } = notification
  const published = isDigest ? undefined : input.published
  const userId = 'userId' in to ? to.userId : undefined
  const listKey = `${sortable(createdAt)}#${id}`
  const lists = { listedIn: tenant, listKey, ...(userId !== undefined && { listedFor: `${tenant}#${userId}` }) }
  const listed = isDigest ? {} : lists
  const facts = { tenant, id, category, priority, reference, createdAt, userId, published, ...summary }
  const entry = published && {
    ...entryAttributes({
      operationId,
      type: `notification.notification.${published.outcome}`,
      time: new Date(now).toISOString(),
      ...cause,
    }),
    sequence: { N: String(revision) },
  }
  return { ...toItem({ ...summaryKey(notification), ...facts, ...listed, revision, ttl: ttlOf(summary) }), ...entry }
}

/** `as-backup`: whoever wrote the turn sends it, too, and the stream some seconds later, in case that failed. */
export type Dispatch = 'at-once' | 'as-backup'

export interface ChannelItemInput {
  readonly notification: Notification
  readonly summary: Summary
  readonly revision: number
  /** The way in which the stream sends the turn that this write gives the channel; absent if it had the turn before. */
  readonly dispatch?: Dispatch | undefined
  /** The time at which it is written, in milliseconds since the epoch. */
  readonly now: number
}

/** Builds the item of a channel. The filter of the table's stream passes those with `dispatch`: new turns without a timer. */
export function channelItem(channel: ChannelState, input: ChannelItemInput): Item {
  const { notification, summary, revision, now } = input
  const { tenant, id, priority, cause } = notification
  const { correlationId, traceparent } = cause
  const dispatch = isTimed(channel, now) ? undefined : input.dispatch
  const message = { tenant, id, priority, cause: { correlationId, traceparent }, dispatch }
  const key = channelKey(notification, channel.channel)
  return toItem({ ...key, ...channel, ...message, revision, ttl: ttlOf(summary) })
}

/** Builds the timer of a turn that no queue can delay for so long; `undefined` for any other. */
export function timerOf(channel: ChannelState, notification: Notification, now: number): Timer | undefined {
  if (!isTimed(channel, now)) return undefined
  const { turn, dueAt } = channel
  const { tenant, id } = notification
  const message = turnOf(channel, notification)
  return { id: `${tenant}#${id}#${channel.channel}#${turn}`, dueAt, message: JSON.stringify(message) }
}

/** Builds the message that tells a worker of a channel's turn. */
export function turnOf({ channel, turn, dueAt }: ChannelState, { tenant, id, priority, cause }: Notification): Turn {
  const { correlationId, traceparent } = cause
  return { tenant, id, channel, turn, priority, dueAt, cause: { correlationId, traceparent } }
}

function isTimed({ dueAt }: ChannelState, now: number): boolean {
  return dueAt - now > MAX_DELAY_MS
}

/** Reads the items of one notification; `undefined` if there is none. */
export function toStored(items: readonly Item[]): StoredNotification | undefined {
  const isChannel = ({ sk }: Item) => sk?.S?.startsWith(CHANNEL) ?? false
  const summary = items.find(({ sk }) => sk?.S === SUMMARY)
  const json = items.find(({ json }) => json?.S !== undefined)?.json?.S
  if (!summary || json === undefined) return undefined
  const channels = items.filter(isChannel).map(toChannel)
  const { status, channels: statuses, doneAt, revision } = fromItem<Summary & { revision: number }>(summary)
  const revisions = Object.fromEntries(channels.map(({ channel, revision: seen }) => [channel.channel, seen]))
  return {
    tracked: {
      notification: JSON.parse(json) as Notification,
      summary: { status, channels: statuses, doneAt },
      channels: channels.map(({ channel }) => channel),
    },
    revisions: { ...revisions, [SUMMARY]: revision },
  }
}

/** A channel with what its item holds for the table and for workers. */
type StoredChannel = ChannelState &
  Pick<Notification, 'tenant' | 'id' | 'priority' | 'cause'> & {
    readonly revision: number
    readonly dispatch?: Dispatch
    readonly ttl?: number
  }

function toChannel(item: Item): { channel: ChannelState; revision: number } {
  const { pk, sk, ttl, revision, tenant, id, priority, cause, dispatch, ...channel } = fromItem<StoredChannel>(item)
  return { channel, revision }
}
