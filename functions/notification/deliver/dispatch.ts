import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { SetAside } from '../../shared/queue/set-aside.ts'
import { type InstrumentOptions, instrument } from '../../shared/telemetry/instrument.ts'
import type { BroadcastTurn } from '../domain/broadcast.ts'
import type { SendTurns, Turn } from './turn.ts'

export interface DispatchOptions extends InstrumentOptions {
  /** Reads the new turn of a record; `undefined` if it has none. If it throws, the record is set aside. */
  readNewTurn: (record: DynamoDBRecord) => Turn | undefined
  send: SendTurns
  /** The same for broadcasts. */
  readNewBroadcast: (record: DynamoDBRecord) => BroadcastTurn | undefined
  sendBroadcasts: (turns: readonly BroadcastTurn[], signal: AbortSignal) => Promise<void>
  /** Sends to the function's own dead-letter queue. */
  setAside: SetAside
}

/**
 * Creates the Lambda function of the table's stream that hands channels and broadcasts to workers. It throws when a queue is
 * unreachable, so that Lambda tries the batch again.
 */
export function dispatchHandler(options: DispatchOptions) {
  const { readNewTurn, send, readNewBroadcast, sendBroadcasts, setAside, ...telemetry } = options
  const correlate = ({ Records }: DynamoDBStreamEvent) => ({ correlationId: Records[0]?.eventID ?? 'no records' })

  return instrument(telemetry)(correlate, async ({ Records }: DynamoDBStreamEvent, { signal, logger, describe }) => {
    const turns: Turn[] = []
    const broadcasts: BroadcastTurn[] = []
    const poison: { record: DynamoDBRecord; reason: string }[] = []
    for (const record of Records) {
      try {
        const turn = readNewTurn(record)
        if (turn) turns.push(turn)
        const broadcast = readNewBroadcast(record)
        if (broadcast) broadcasts.push(broadcast)
      } catch (error) {
        poison.push({ record, reason: error instanceof Error ? error.message : String(error) })
      }
    }
    await send(turns, signal)
    await sendBroadcasts(broadcasts, signal)
    for (const { record, reason } of poison) {
      const id = record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unknown'
      await setAside({ id, reason, body: JSON.stringify({ reason, keys: record.dynamodb?.Keys }) }, signal)
      logger.error('event set aside', { stream_record_id: id, reason })
    }
    describe({ records: Records.length, messages: turns.length + broadcasts.length, set_aside: poison.length })
  }) satisfies (event: DynamoDBStreamEvent, context: Context) => Promise<void>
}
