import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { SetAside } from '../../shared/queue/set-aside.ts'
import { type InstrumentOptions, instrument } from '../../shared/telemetry/instrument.ts'
import type { Erasure } from '../domain/attachment.ts'
import type { CheckMissedLater, MissedCheck } from '../domain/missed.ts'
import type { RoomId } from '../domain/room.ts'
import type { DeliveryMessage, EventCause } from './message.ts'

/** The parts of a new event's record that its delivery needs. */
export interface NewEvent extends RoomId {
  readonly seq: number
  readonly shards: number
  /** True if it is a message, which members without a live connection may miss. */
  readonly isMessage: boolean
  readonly cause: EventCause
}

export interface DispatchOptions extends InstrumentOptions {
  /** Reads the event of a record; `undefined` if the record adds none. If it throws, the record is set aside. */
  readNewEvent: (record: DynamoDBRecord) => NewEvent | undefined
  /** Sends messages, some perhaps twice. Rejects if some could not be sent. */
  send: (messages: readonly DeliveryMessage[], signal: AbortSignal) => Promise<void>
  /** Reads the content that nobody has any more by a record; `undefined` if the record removes none. */
  readErasure: (record: DynamoDBRecord) => Erasure | undefined
  /** Hands content to those who erase it, some perhaps twice. Rejects if some could not be handed on. */
  eraseLater: (erasures: readonly Erasure[], signal: AbortSignal) => Promise<void>
  checkMissed: CheckMissedLater
  /** Sends to the function's own dead-letter queue. */
  setAside: SetAside
}

/**
 * Creates the Lambda function of the table's stream that hands new events to the workers of their rooms, then new messages
 * to those who find out who missed them, and content of removed attachments to those who erase it. It throws when a queue
 * is unreachable, so that Lambda tries the batch again.
 */
export function dispatchHandler(options: DispatchOptions) {
  const { readNewEvent, send, checkMissed, readErasure, eraseLater, setAside, ...telemetry } = options
  const correlate = ({ Records }: DynamoDBStreamEvent) => ({ correlationId: Records[0]?.eventID ?? 'no records' })

  return instrument(telemetry)(correlate, async ({ Records }: DynamoDBStreamEvent, { signal, logger, describe }) => {
    const events: NewEvent[] = []
    const erasures: Erasure[] = []
    const poison: { record: DynamoDBRecord; reason: string }[] = []
    for (const record of Records) {
      try {
        const event = readNewEvent(record)
        if (event) events.push(event)
        const erasure = readErasure(record)
        if (erasure) erasures.push(erasure)
      } catch (error) {
        poison.push({ record, reason: error instanceof Error ? error.message : String(error) })
      }
    }
    const messages = toMessages(events)
    await send(messages, signal)
    await eraseLater(erasures, signal)
    await checkMissed(toChecks(events), 0, signal)
    for (const { record, reason } of poison) {
      const id = record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unknown'
      await setAside({ id, reason, body: JSON.stringify({ reason, keys: record.dynamodb?.Keys }) }, signal)
      logger.error('event set aside', { stream_record_id: id, reason })
    }
    describe({ records: Records.length, messages: messages.length + erasures.length, set_aside: poison.length })
  }) satisfies (event: DynamoDBStreamEvent, context: Context) => Promise<void>
}

/** Returns a check for each message that is among the events. */
function toChecks(events: readonly NewEvent[]): MissedCheck[] {
  return events
    .filter(({ isMessage }) => isMessage)
    .map(({ tenant, room, seq, cause }) => ({ id: { tenant, room }, seq, cause }))
}

/** Returns one message for each shard of each room: a worker delivers all events of its room that it finds. */
export function toMessages(events: readonly NewEvent[]): DeliveryMessage[] {
  const rooms = Map.groupBy(events, ({ tenant, room }) => JSON.stringify([tenant, room]))
  return [...rooms.values()].flatMap((ofRoom) => {
    const ascending = [...ofRoom].sort((a, b) => a.seq - b.seq)
    const [first, last] = [ascending[0], ascending.at(-1)]
    if (!first || !last) return []
    const { tenant, room, cause } = last
    const shards = Math.max(...ofRoom.map((event) => event.shards))
    const range = { from: first.seq, upTo: last.seq, shards }
    return Array.from({ length: shards }, (_, shard) => ({ id: { tenant, room }, shard, ...range, cause }))
  })
}
