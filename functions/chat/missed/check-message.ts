import * as z from 'zod/mini'
import { parseMessage } from '../../shared/queue/parse-message.ts'
import { MAX_RECIPIENTS, type MissedCheck } from '../domain/missed.ts'

const text = z.string().check(z.minLength(1))
const schema = z.object({
  id: z.object({ tenant: text, room: text }),
  seq: z.int().check(z.minimum(1)),
  cause: z.object({ correlationId: text, traceparent: text }),
  list: z.optional(
    z.object({ part: z.int().check(z.minimum(0)), users: z.array(text).check(z.maxLength(MAX_RECIPIENTS)) }),
  ),
})

/**
 * Reads a message of the queue.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function readMissedCheck(body: unknown): MissedCheck {
  return parseMessage(schema, body)
}

/** Returns the message of a room that caused a check. */
export function causeOf({ id, seq, cause }: MissedCheck) {
  return { ...cause, id: `${id.room}-${seq}` }
}
