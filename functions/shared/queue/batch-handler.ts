import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Cause } from '../events/event.ts'
import { type InstrumentOptions, type Invocation, instrument } from '../telemetry/instrument.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { formatTraceparent } from '../telemetry/trace.ts'
import type { QUEUE_METRICS } from './queue-handler.ts'
import { readMessage } from './read-message.ts'
import { type SetAside, toAside } from './set-aside.ts'

/** The context of a batch. */
export interface BatchDelivery extends Pick<Invocation, 'logger' | 'describe' | 'signal'> {
  /** The cause of the effects of the batch. */
  cause: Cause
}

export interface BatchHandlerOptions<Message> extends InstrumentOptions {
  /** Validates a body, parsed from JSON. If it throws, the message is poison. */
  read: (body: unknown) => Message
  /**
   * Handles the messages of a batch together, and returns those that must be delivered again. If it rejects, that is all
   * of them.
   */
  handle: (messages: readonly Message[], delivery: BatchDelivery) => Promise<readonly Message[]>
  /** Sends to the queue's dead-letter queue. */
  setAside: SetAside
  metrics: Metrics<(typeof QUEUE_METRICS)[number]>
}

/**
 * Creates the Lambda function of a standard SQS queue that handles a batch as a whole, because one effect for many
 * messages is cheaper than one for each. Its mapping reports batch item failures. Poison goes to the dead-letter queue,
 * as in `queueHandler`.
 */
export function batchHandler<Message>(options: BatchHandlerOptions<Message>) {
  const { metrics, handle, ...telemetry } = options
  const correlate = ({ Records }: SQSEvent) => ({ correlationId: Records[0]?.messageId ?? 'no messages' })

  const run = instrument({ ...telemetry, metrics })(correlate, async (event: SQSEvent, invocation) => {
    const { logger, trace, signal, describe } = invocation
    const { records, poison } = readRecords(event, options)
    const cause = { ...correlate(event), causationId: null, traceparent: formatTraceparent(trace) }
    const failed = new Set(await setAsideAll(poison, options, invocation))
    try {
      const again = new Set(await handle([...records.keys()], { logger, describe, signal, cause }))
      for (const [message, record] of records) if (again.has(message)) failed.add(record)
    } catch (error) {
      logger.error('batch failed', { error })
      for (const record of records.values()) failed.add(record)
    }
    if (failed.size > 0) metrics.addMetric('MessagesFailed', MetricUnit.Count, failed.size)
    describe({ messages: event.Records.length, failed: failed.size, set_aside: poison.length })
    return { batchItemFailures: [...failed].map(({ messageId }) => ({ itemIdentifier: messageId })) }
  })
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => run(event, context)
}

interface PoisonRecord {
  record: SQSRecord
  reason: string
}

/** Returns the messages of a batch, each with its record, and those that are poison. */
function readRecords<Message>({ Records }: SQSEvent, { read }: Pick<BatchHandlerOptions<Message>, 'read'>) {
  const records = new Map<Message, SQSRecord>()
  const poison: PoisonRecord[] = []
  for (const record of Records) {
    const message = readMessage(record.body, read)
    if ('value' in message) records.set(message.value, record)
    else poison.push({ record, reason: message.poison })
  }
  return { records, poison }
}

/** Sets poison aside, and returns the records for which that failed. */
async function setAsideAll(
  poison: readonly PoisonRecord[],
  { setAside, metrics }: Pick<BatchHandlerOptions<never>, 'setAside' | 'metrics'>,
  { logger, signal }: Invocation,
): Promise<SQSRecord[]> {
  const failed: SQSRecord[] = []
  for (const { record, reason } of poison) {
    try {
      await setAside(toAside(record, reason), signal)
      metrics.addMetric('MessagesSetAside', MetricUnit.Count, 1)
      logger.error('message set aside', { message_id: record.messageId, reason })
    } catch (error) {
      logger.error('message not set aside', { message_id: record.messageId, reason, error })
      failed.push(record)
    }
  }
  return failed
}
