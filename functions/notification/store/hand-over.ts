import type { Clock, Random } from '../../shared/clock.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { SendTurns } from '../deliver/turn.ts'
import type { ChannelState, Notification } from '../domain/notification.ts'

export interface HandOverOptions {
  queueUrl: string
  /** The time that the queue has, in milliseconds: a sender waits no longer for it. */
  waitMs: number
  logger: Logger
  now: Clock
  random: Random
  startTimer: StartTimer
}

/** The usual `waitMs`. */
export const HAND_OVER_MS = 1000

/**
 * Creates what sends new critical notifications to their queue as soon as they are stored, so that they don't wait behind
 * anything else in the table's stream either. It never rejects: the stream sends the same turns some seconds later. The
 * queue's client is loaded when it is first needed.
 */
export function createHandOver(options: HandOverOptions): SendTurns {
  const { waitMs, logger, startTimer } = options
  const inTime = timeout({ ms: waitMs, startTimer })
  let send: Promise<SendTurns> | undefined
  return async (turns, signal) => {
    try {
      send ??= import('./critical-queue.ts').then(({ createSendCritical }) => createSendCritical(options))
      const sendTurns = await send
      await inTime((inner) => sendTurns(turns, inner), signal)
    } catch (error) {
      logger.warn('critical turn left to the stream', { error })
    }
  }
}

/** Decides whether a new channel is sent at once, and not only by the table's stream. */
export function isToHandOver({ status }: ChannelState, { priority }: Notification): boolean {
  return priority === 'critical' && status === 'accepted'
}
