import { createHash } from 'node:crypto'
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../shared/aws/sqs.ts'
import type { Random } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { DeliveryMessage } from '../fan-out/message.ts'

export interface DeliveryQueueOptions {
  sqs: Sqs
  /** The URL of a FIFO queue. */
  queueUrl: string
  random: Random
  startTimer: StartTimer
}

/** The limit of one request. */
const MAX_ENTRIES = 10

/**
 * Creates what sends messages to the workers of shards, in the order of each shard.
 *
 * @throws AppError (retryable) when some could not be sent after several tries, and what `Sqs` throws: whoever sends all
 * of them again sends no message twice within 5 minutes.
 */
export function createSendDeliveries({ sqs, queueUrl, random, startTimer }: DeliveryQueueOptions) {
  const untilAllAreSent = retry({ maxAttempts: 4, baseMs: 50, capMs: 1000, startTimer, random })

  async function sendSome(messages: readonly DeliveryMessage[], signal: AbortSignal): Promise<void> {
    let left = messages.map(toEntry)
    await untilAllAreSent(async (inner) => {
      const input = { QueueUrl: queueUrl, Entries: left }
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand(input), { signal: inner })
      const failed = new Set(Failed.map(({ Id }) => Id))
      left = left.filter(({ Id }) => failed.has(Id))
      if (left.length > 0) {
        const message = `SQS refused ${left.length} messages: ${Failed[0]?.Code}`
        throw new AppError('dependency-failed', message, { retryable: true })
      }
    }, signal)
  }

  return async (messages: readonly DeliveryMessage[], signal: AbortSignal): Promise<void> => {
    for (let start = 0; start < messages.length; start += MAX_ENTRIES) {
      await sendSome(messages.slice(start, start + MAX_ENTRIES), signal)
    }
  }
}

/** The ids of rooms are random, so that the groups of two tenants differ, too. */
function toEntry(message: DeliveryMessage, index: number): SendMessageBatchRequestEntry {
  const MessageBody = JSON.stringify(message)
  return {
    Id: String(index),
    MessageBody,
    MessageGroupId: `${message.id.room}#${message.shard}`,
    MessageDeduplicationId: createHash('sha256').update(MessageBody).digest('base64url'),
  }
}
