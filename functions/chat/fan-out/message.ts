import * as z from 'zod/mini'
import type { Cause } from '../../shared/events/event.ts'
import { parseMessage } from '../../shared/queue/parse-message.ts'
import type { Shard } from '../domain/live-connection.ts'

/** Tells the worker of a shard that its room has new events. */
export interface DeliveryMessage extends Shard {
  /** The numbers of the first and the last of these events. */
  readonly from: number
  readonly upTo: number
  /** The number of workers that deliver them side by side. */
  readonly shards: number
  /** The cause of the last event. */
  readonly cause: EventCause
}

/** The ids by which the delivery of an event is found together with the request that caused it. */
export type EventCause = Pick<Cause, 'correlationId' | 'traceparent'>

const seq = z.int().check(z.minimum(1))
const text = z.string().check(z.minLength(1))
const schema = z.object({
  id: z.object({ tenant: text, room: text }),
  shard: z.int().check(z.minimum(0)),
  shards: z.int().check(z.minimum(1)),
  from: seq,
  upTo: seq,
  cause: z.object({ correlationId: text, traceparent: text }),
})

/**
 * Reads a message of the queue.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function readDeliveryMessage(body: unknown): DeliveryMessage {
  return parseMessage(schema, body)
}

/** Returns the event that caused a message. */
export function causeOf({ id, upTo, cause }: DeliveryMessage) {
  return { ...cause, id: `${id.room}-${upTo}` }
}
