import * as z from 'zod/mini'
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
  const result = z.safeParse(schema, body)
  if (result.success) return result.data
  const fields = result.error.issues.map(({ code, path }) => `${path.join('.')} (${code})`)
  throw new Error(`A message with wrong fields: ${fields.join(', ')}`)
}
