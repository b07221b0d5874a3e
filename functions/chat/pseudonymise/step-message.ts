import * as z from 'zod/mini'
import { parseMessage } from '../../shared/queue/parse-message.ts'
import type { PseudonymiseStep } from '../domain/pseudonym.ts'

const text = z.string().check(z.minLength(1))
const schema = z.object({
  tenant: text,
  user: text,
  room: z.optional(text),
  after: z.optional(text),
  trace: z.optional(text),
})

/**
 * Reads a message of the queue.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function readPseudonymiseStep(body: unknown): PseudonymiseStep {
  return parseMessage(schema, body)
}
