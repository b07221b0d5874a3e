import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { timerWrite } from '../../shared/timers/timer-store.ts'
import type { ChannelState, Tracked } from '../domain/notification.ts'
import { channelItem, notificationItem, summaryItem, timerOf } from './notification-items.ts'

interface Creation {
  readonly TableName: string
  readonly operationId: string
  /** Tells which channels are sent to their workers after the writes. */
  readonly isHandedOver?: (channel: ChannelState) => boolean
}

/** Builds the writes of a new notification, on condition that its id is free. */
export function creation(
  { notification, summary, channels }: Tracked,
  { TableName, operationId, isHandedOver = () => false }: Creation,
): TransactWriteItem[] {
  const { createdAt: now, cause } = notification
  const published = { outcome: 'accepted', channels: channels.map(({ channel }) => channel), reason: null } as const
  const first = { notification, summary, revision: 1, now }
  const puts = [
    summaryItem({ ...first, published, operationId, cause }),
    ...channels.map((channel) => {
      const dispatch = isHandedOver(channel) ? 'as-backup' : 'at-once'
      return channelItem(channel, { ...first, dispatch })
    }),
  ]
  return [
    { Put: { TableName, Item: notificationItem(notification), ConditionExpression: 'attribute_not_exists(pk)' } },
    ...puts.map((Item) => ({ Put: { TableName, Item } })),
    ...channels.flatMap((channel) => {
      const timer = timerOf(channel, notification, now)
      return timer ? [timerWrite({ tableName: TableName }, timer, now)] : []
    }),
  ]
}
