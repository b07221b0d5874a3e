import * as z from 'zod/mini'
import { parseMessage } from '../../shared/queue/parse-message.ts'
import type { PresenceCheck } from '../domain/presence.ts'

const text = z.string().check(z.minLength(1))
const schema = z.object({ tenant: text, user: text, connectionId: z.optional(text) })

/**
 * Reads a message of the queue.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function readPresenceCheck(body: unknown): PresenceCheck {
  return parseMessage(schema, body)
}
