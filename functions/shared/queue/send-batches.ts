import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import type { Sqs } from '../aws/sqs.ts'
import type { Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import { retry } from '../resilience/retry.ts'
import type { StartTimer } from '../resilience/timer.ts'

export interface SendBatchesOptions {
  sqs: Sqs
  queueUrl: string
  random: Random
  startTimer: StartTimer
}

/** A message as one request takes up to ten, each with an id of its own there. */
export type BatchEntry = Omit<SendMessageBatchRequestEntry, 'Id'>

/** The limit of one request. */
const MAX_ENTRIES = 10

/**
 * Creates what sends any number of messages to a queue, in order.
 *
 * @throws AppError (retryable) when some could not be sent after several tries, and what `Sqs` throws: some of the
 * messages may have been sent.
 */
export function createSendBatches({ sqs, queueUrl, random, startTimer }: SendBatchesOptions) {
  const untilAllAreSent = retry({ maxAttempts: 4, baseMs: 50, capMs: 1000, startTimer, random })

  async function sendSome(entries: readonly BatchEntry[], signal: AbortSignal): Promise<void> {
    let left = entries.map((entry, index) => ({ ...entry, Id: String(index) }))
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

  return async (entries: readonly BatchEntry[], signal: AbortSignal): Promise<void> => {
    for (let start = 0; start < entries.length; start += MAX_ENTRIES) {
      await sendSome(entries.slice(start, start + MAX_ENTRIES), signal)
    }
  }
}
