import { ChangeMessageVisibilityBatchCommand } from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { logCallEvents } from '../aws/create-send.ts'
import { createSqs, type Sqs } from '../aws/sqs.ts'
import { requiredEnv } from '../config/env.ts'
import { AppError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'

/**
 * Lets messages that failed, and those behind them in their group, come again after a pause that grows with each
 * receive of the first one.
 *
 * @throws as `Sqs` does, and AppError when SQS refuses some: they come again when their visibility timeout is over.
 */
export type RetrySoon = (records: readonly SQSRecord[], signal: AbortSignal) => Promise<void>

/** The pause after the first receive, which doubles with each one, and the longest, in seconds. */
const [FIRST_SECONDS, MAX_SECONDS] = [1, 180]

/** The limit of one request; no batch of a FIFO queue is larger. */
const MAX_ENTRIES = 10

/**
 * Creates what shortens the wait of failed messages, which is otherwise the queue's visibility timeout: minutes, for
 * which a FIFO queue holds up the whole group. The function needs `sqs:ChangeMessageVisibility`. The order of a group
 * holds, because SQS returns none of its messages while an earlier one is hidden.
 */
export function createRetrySoon(sqs: Sqs, queueUrl: string): RetrySoon {
  return async (records, signal) => {
    const receives = Number(records[0]?.attributes.ApproximateReceiveCount ?? 1)
    const VisibilityTimeout = Math.min(FIRST_SECONDS * 2 ** (receives - 1), MAX_SECONDS)
    for (let start = 0; start < records.length; start += MAX_ENTRIES) {
      const some = records.slice(start, start + MAX_ENTRIES)
      const Entries = some.map(({ receiptHandle: ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout,
      }))
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries })
      const { Failed = [] } = await sqs.send(command, { signal })
      if (Failed.length > 0) {
        throw new AppError('dependency-failed', `SQS refused ${Failed.length} timeouts: ${Failed[0]?.Code}`)
      }
    }
  }
}

/**
 * Creates it for the queue that the stack names in `QUEUE_URL`.
 *
 * @throws Error when the variable is missing.
 */
export function retrySoonOfEnvironment({ now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>): RetrySoon {
  return createRetrySoon(createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') }), requiredEnv('QUEUE_URL'))
}
