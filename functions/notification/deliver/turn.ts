import * as z from 'zod/mini'
import type { Cause } from '../../shared/events/event.ts'
import { parseMessage } from '../../shared/queue/parse-message.ts'
import { CHANNELS, type Channel, PRIORITIES, type Priority } from '../domain/channel.ts'
import type { NotificationId } from '../domain/notification.ts'

/** Tells a worker to look at a channel. The stored channel decides: a message of an earlier turn says nothing. */
export interface Turn extends NotificationId {
  readonly channel: Channel
  readonly turn: number
  readonly priority: Priority
  /** When it is due, in milliseconds since the epoch: the time of the message, not of the decision. */
  readonly dueAt: number
  readonly cause: Pick<Cause, 'correlationId' | 'traceparent'>
}

/** Sends turns to the workers of their priorities, delayed until they are due, but by 15 minutes at most. */
export type SendTurns = (turns: readonly Turn[], signal: AbortSignal) => Promise<void>

const text = z.string().check(z.minLength(1))
const schema = z.object({
  tenant: text,
  id: text,
  channel: z.enum(CHANNELS),
  turn: z.int().check(z.minimum(1)),
  priority: z.enum(PRIORITIES),
  dueAt: z.int(),
  cause: z.object({ correlationId: text, traceparent: text }),
})

/**
 * Reads a message of a queue, or a timer.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function readTurn(body: unknown): Turn {
  return parseMessage(schema, body)
}

/** Returns what a worker's log lines are found by. */
export function causeOf({ id, channel, turn, cause }: Turn) {
  return { ...cause, id: `${id}-${channel}-${turn}` }
}
