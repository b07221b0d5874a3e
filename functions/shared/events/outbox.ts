import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { Item } from '../data/table.ts'
import type { SetAside } from '../queue/set-aside.ts'
import { type InstrumentOptions, instrument } from '../telemetry/instrument.ts'
import type { LogFields } from '../telemetry/log-fields.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { continueTrace } from '../telemetry/trace.ts'
import type { DomainEvent } from './event.ts'
import { readEntry } from './outbox-entry.ts'
import type { Publish } from './publisher.ts'

/** The part of an event that a system derives from the changed item; the outbox entry has the rest. */
export type EventContent = Pick<DomainEvent, 'schemaVersion' | 'tenant' | 'subject' | 'data'>

export const OUTBOX_METRICS = ['EventsPublished', 'EventsSetAside'] as const

export interface OutboxOptions extends InstrumentOptions {
  /**
   * Derives the event's content from the item after the change and from the item before it (`undefined` for a new one).
   * If it throws, the record can't become an event, and is set aside. The item may be older than this code.
   */
  toContent: (image: Item, type: string, before: Item | undefined) => EventContent
  publish: Publish
  /** Sends to the outbox's own dead-letter queue. */
  setAside: SetAside
  metrics: Metrics<(typeof OUTBOX_METRICS)[number]>
}

interface Poison {
  record: DynamoDBRecord
  reason: string
}

/**
 * Creates the Lambda function of a table's stream (new and old images), which publishes the event of each record with a
 * new entry. Records that can't become an event are set aside, and the others are published. If the bus or the
 * dead-letter queue is unreachable it throws, so that Lambda retries the batch: an event may be published more than
 * once, but none is lost.
 */
export function outboxHandler(options: OutboxOptions) {
  const { toContent, publish, setAside, metrics, ...telemetry } = options
  // A batch has many causes, so it starts a trace of its own, and the log line of each event has the event's.
  const correlate = ({ Records }: DynamoDBStreamEvent) => ({ correlationId: Records[0]?.eventID ?? 'no records' })

  return instrument({ ...telemetry, metrics })(correlate, async ({ Records }: DynamoDBStreamEvent, invocation) => {
    const { signal, logger, describe } = invocation
    const { events, poison } = readRecords(Records, toContent)
    const refusals = await publish([...events.keys()], signal)
    for (const { event, reason } of refusals) {
      const record = events.get(event)
      events.delete(event)
      if (record) poison.push({ record, reason })
    }
    if (events.size > 0) metrics.addMetric('EventsPublished', MetricUnit.Count, events.size)
    for (const event of events.keys()) logger.info('event published', eventFields(event, telemetry))
    for (const { record, reason } of poison) {
      await setAside(toMessage(record, reason), signal)
      metrics.addMetric('EventsSetAside', MetricUnit.Count, 1)
      logger.error('event set aside', { reason, ...placeFields(record) })
    }
    describe({ records: Records.length, published: events.size, set_aside: poison.length })
  }) satisfies (event: DynamoDBStreamEvent, context: Context) => Promise<void>
}

/** Returns the events of a batch, each with its record, and the records that can't become an event. */
function readRecords(records: readonly DynamoDBRecord[], toContent: OutboxOptions['toContent']) {
  const events = new Map<DomainEvent, DynamoDBRecord>()
  const poison: Poison[] = []
  for (const record of records) {
    try {
      const event = toEvent(record, toContent)
      if (event) events.set(event, record)
    } catch (error) {
      poison.push({ record, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { events, poison }
}

/** Returns `undefined` if the change has no event, or the item was deleted. */
function toEvent({ dynamodb }: DynamoDBRecord, toContent: OutboxOptions['toContent']): DomainEvent | undefined {
  const image = dynamodb?.NewImage as Item | undefined
  const read = image && readEntry(image)
  if (!read || dynamodb?.OldImage?.event?.M?.operationId?.S === read.entry.operationId) return undefined
  const { operationId, ...entry } = read.entry
  const { sequence } = read
  const { schemaVersion, tenant, subject, data } = toContent(image, entry.type, dynamodb?.OldImage as Item | undefined)
  // A write that is retried after another one is a new change, although its entry is the same.
  const id = `${operationId}-${sequence}`
  return { ...entry, id, schemaVersion, tenant, subject, sequence, data }
}

/**
 * Gives an event's log line the event's correlation id and trace, so that it is found with those of the request. Its
 * subject may be a person's name or address, and is left out.
 */
function eventFields(event: DomainEvent, { randomBytes }: Pick<InstrumentOptions, 'randomBytes'>): LogFields {
  const { id, type, correlationId, traceparent } = event
  const { traceId } = continueTrace({ traceparent }, randomBytes)
  return { event_id: id, event_type: type, correlation_id: correlationId, trace_id: traceId }
}

/** Gives a log line the ids by which the message in the dead-letter queue is found, which has the keys of the item. */
function placeFields({ eventID, dynamodb }: DynamoDBRecord): LogFields {
  return { stream_record_id: eventID, sequence_number: dynamodb?.SequenceNumber }
}

function where({ dynamodb, eventID }: DynamoDBRecord) {
  return { stream_record_id: eventID, sequence_number: dynamodb?.SequenceNumber, keys: dynamodb?.Keys }
}

/** The limit of an image in a message. An item may have 400 KB, and a message 256 KB; a larger image is left out. */
const MAX_IMAGE_BYTES = 128 * 1024

/** Builds a message with all that is needed to create the event by hand, even if the item has changed since. */
function toMessage(record: DynamoDBRecord, reason: string) {
  const image = record.dynamodb?.NewImage
  const fits = Buffer.byteLength(JSON.stringify(image ?? {})) <= MAX_IMAGE_BYTES
  const id = record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unknown'
  return { id, reason, body: JSON.stringify({ reason, ...where(record), image: fits ? image : null }) }
}
