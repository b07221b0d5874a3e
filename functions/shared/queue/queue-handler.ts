import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Cause, DomainEvent } from '../events/event.ts'
import { timeout } from '../resilience/timeout.ts'
import { startTimer as realTimer, type StartTimer } from '../resilience/timer.ts'
import { type InstrumentOptions, type Invocation, instrument } from '../telemetry/instrument.ts'
import type { LogFields } from '../telemetry/log-fields.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { continueTrace, formatTraceparent } from '../telemetry/trace.ts'
import { inParallel, toLanes } from './lanes.ts'
import { type Poison, readMessage } from './read-message.ts'
import type { RetrySoon } from './retry-soon.ts'
import { type SetAside, toAside } from './set-aside.ts'

export type { Poison }

/** The context of a message. */
export interface Delivery {
  /** A logger whose lines have the correlation id and the trace of the event. */
  logger: Logger
  /** The cause of the effects of this message. */
  cause: Cause
  /** Aborts when the time of the message or of the function is up. */
  signal: AbortSignal
}

export const QUEUE_METRICS = ['MessagesFailed', 'MessagesSetAside'] as const

export interface QueueHandlerOptions<Message> extends InstrumentOptions {
  /** Validates a body, parsed from JSON; `eventReader` fits. If it throws, the message is poison. */
  read: (body: unknown) => Message
  /** Handles a message, and rejects if a retry may help. A message may be delivered more than once. */
  handle: (message: Message, delivery: Delivery) => Promise<Poison | undefined>
  /** Returns the event in the message. Without it, each message has a correlation id of its own. */
  causedBy?: (message: Message) => Pick<DomainEvent, 'id' | 'correlationId' | 'traceparent'>
  /** Sends to the queue's dead-letter queue. */
  setAside: SetAside
  metrics: Metrics<(typeof QUEUE_METRICS)[number]>
  /** The timeout of a message, in milliseconds. No message is begun when less time is left. */
  messageMs: number
  /**
   * Lets failed messages come again soon, instead of after the queue's visibility timeout.
   *
   * @default they wait
   */
  retrySoon?: RetrySoon
  startTimer?: StartTimer
}

type Outcome = 'handled' | 'set-aside' | 'failed' | 'not-begun'

/** The number of messages, or of groups on a FIFO queue, that are handled at a time. */
const CONCURRENCY = 5

/** The part of the function's time that is reserved to set messages aside, to respond and to log. */
const RESERVE_MS = 1000

/**
 * Creates the Lambda function of an SQS queue whose mapping reports batch item failures. Messages are independent: one
 * that fails is returned to the queue, alone on a standard queue, and with the later ones of its group on a FIFO queue;
 * poison goes to the dead-letter queue at once, and blocks nothing.
 *
 * @throws Error when the function's timeout leaves no time for even one message.
 */
export function queueHandler<Message>(options: QueueHandlerOptions<Message>) {
  const { metrics, messageMs, startTimer = realTimer, ...telemetry } = options
  const deliver = deliverer(options, timeout({ ms: messageMs, startTimer }))
  const retrySoon = retrier(options)
  const correlate = ({ records }: Batch) => ({ correlationId: records[0]?.messageId ?? 'no messages' })

  const run = instrument({ ...telemetry, metrics })(correlate, async (batch: Batch, invocation) => {
    const hasTime = () => batch.remainingMs() >= messageMs + RESERVE_MS
    if (!hasTime()) throw new Error(`A message may take ${messageMs} ms: the function's timeout is too short.`)
    const outcomes = new Map<string, Outcome>()
    await inParallel(toLanes(batch.records), CONCURRENCY, async (lane) => {
      let isHeldUp = false
      for (const [index, record] of lane.entries()) {
        const outcome: Outcome = isHeldUp || !hasTime() ? 'not-begun' : await deliver(record, invocation)
        isHeldUp = outcome === 'failed' || outcome === 'not-begun'
        outcomes.set(record.messageId, outcome)
        if (outcome === 'failed') await retrySoon(lane.slice(index), invocation)
      }
    })
    return summarise(outcomes, invocation, metrics)
  })
  return ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    run({ records: Records, remainingMs: () => context.getRemainingTimeInMillis() }, context)
}

/** Creates what asks for an early retry. It never rejects: without one, the messages only come later. */
function retrier({ retrySoon }: Pick<QueueHandlerOptions<never>, 'retrySoon'>) {
  return async (records: readonly SQSRecord[], { logger, signal }: Invocation): Promise<void> => {
    try {
      await retrySoon?.(records, signal)
    } catch (error) {
      logger.warn('retry not hastened', { error })
    }
  }
}

interface Batch {
  records: readonly SQSRecord[]
  remainingMs: () => number
}

function summarise(
  outcomes: ReadonlyMap<string, Outcome>,
  { describe }: Invocation,
  metrics: Metrics<(typeof QUEUE_METRICS)[number]>,
): SQSBatchResponse {
  const withOutcome = (wanted: Outcome) => [...outcomes].filter(([, outcome]) => outcome === wanted).map(([id]) => id)
  const [failed, notBegun, setAside] = [withOutcome('failed'), withOutcome('not-begun'), withOutcome('set-aside')]
  if (failed.length > 0) metrics.addMetric('MessagesFailed', MetricUnit.Count, failed.length)
  if (setAside.length > 0) metrics.addMetric('MessagesSetAside', MetricUnit.Count, setAside.length)
  describe({
    messages: outcomes.size,
    failed: failed.length,
    not_begun: notBegun.length,
    set_aside: setAside.length,
  })
  return { batchItemFailures: [...failed, ...notBegun].map((itemIdentifier) => ({ itemIdentifier })) }
}

/** Creates a function that handles one message within its timeout, and never rejects. */
function deliverer<Message>(
  { read, handle, causedBy, setAside, now, randomBytes }: QueueHandlerOptions<Message>,
  timed: ReturnType<typeof timeout>,
) {
  return async (record: SQSRecord, invocation: Invocation): Promise<Outcome> => {
    const start = now()
    const message = readMessage(record.body, read)
    const about = 'value' in message ? causedBy?.(message.value) : undefined
    const { logger, cause } = contextOf(record, about, { logger: invocation.logger, randomBytes })
    // The count is unreliable if somebody also reads the queue by hand.
    const receiveCount = Number(record.attributes.ApproximateReceiveCount)
    const end = (outcome: Outcome, fields: LogFields = {}) => {
      const level = outcome === 'handled' ? 'info' : 'error'
      logger[level](`message ${outcome}`, { latency_ms: now() - start, receive_count: receiveCount, ...fields })
      return outcome
    }
    try {
      const verdict =
        'value' in message
          ? await timed((signal) => handle(message.value, { logger, cause, signal }), invocation.signal)
          : message
      if (!verdict) return end('handled')
      await setAside(toAside(record, verdict.poison), invocation.signal)
      return end('set-aside', { reason: verdict.poison })
    } catch (error) {
      return end('failed', { error })
    }
  }
}

/** Returns a logger whose lines have the ids of the event, and the cause of what follows from the message. */
function contextOf(
  { messageId, attributes }: SQSRecord,
  about: Pick<DomainEvent, 'id' | 'correlationId' | 'traceparent'> | undefined,
  { logger, randomBytes }: Pick<Invocation, 'logger'> & Pick<InstrumentOptions, 'randomBytes'>,
): { logger: Logger; cause: Cause } {
  const trace = continueTrace({ traceparent: about?.traceparent, xray: attributes.AWSTraceHeader }, randomBytes)
  const correlationId = about?.correlationId ?? messageId
  const own = logger.createChild()
  own.appendKeys({
    correlation_id: correlationId,
    trace_id: trace.traceId,
    span_id: trace.spanId,
    parent_span_id: trace.parentSpanId,
    message_id: messageId,
    event_id: about?.id,
  })
  const cause = { correlationId, causationId: about?.id ?? null, traceparent: formatTraceparent(trace) }
  return { logger: own, cause }
}
