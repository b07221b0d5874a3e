import type { Random } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { SendTurns } from '../deliver/turn.ts'
import type { ChannelState } from '../domain/notification.ts'
import type { StoreNotification } from '../send/send.ts'
import { isToHandOver } from './hand-over.ts'
import { creation } from './new-notification.ts'
import { turnOf } from './notification-items.ts'
import { readStored } from './read-notification.ts'

export interface StoreNotificationOptions extends Table {
  random: Random
  startTimer: StartTimer
  newId: () => string
  /** Sends new critical turns, and never rejects. Without it, the table's stream sends all. */
  handOver?: SendTurns
}

const MAX_TRIES = 4

const leaveToStream: SendTurns = async () => undefined

/**
 * Creates the write of a new notification.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) `conflict` when a repeat of the same request was in the way.
 */
export function createStoreNotification(options: StoreNotificationOptions): StoreNotification {
  const { client, random, startTimer, newId } = options
  const handOver: SendTurns = options.handOver ?? leaveToStream
  const untilItIsFree = retry({ maxAttempts: MAX_TRIES, baseMs: 20, capMs: 500, startTimer, random })
  return (tracked, signal) =>
    untilItIsFree(async (inner) => {
      const operationId = newId()
      const { notification, channels } = tracked
      const isHandedOver = (channel: ChannelState) => handOver !== leaveToStream && isToHandOver(channel, notification)
      const items = creation(tracked, { TableName: options.tableName, operationId, isHandedOver })
      const written = await transact(client, { items, token: operationId }, { signal: inner })
      if (written.outcome === 'written') {
        const turns = channels.filter(isHandedOver).map((channel) => turnOf(channel, notification))
        if (turns.length > 0) await handOver(turns, inner)
        return { outcome: 'stored' }
      }
      const isTaken = written.items[0]?.reason === 'condition'
      const stored = isTaken ? await readStored(options, notification, inner) : undefined
      if (stored) return { outcome: 'exists', tracked: stored.tracked }
      throw new AppError('conflict', 'Another request is storing the notification', { retryable: true })
    }, signal)
}
