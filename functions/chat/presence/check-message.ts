import * as z from 'zod/mini'
import type { PresenceCheck } from '../domain/presence.ts'

const text = z.string().check(z.minLength(1))
const schema = z.object({ tenant: text, user: text, connectionId: z.optional(text) })

/**
 * Reads a message of the queue.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function readPresenceCheck(body: unknown): PresenceCheck {
  const result = z.safeParse(schema, body)
  if (result.success) return result.data
  const fields = result.error.issues.map(({ code, path }) => `${path.join('.')} (${code})`)
  throw new Error(`A message with wrong fields: ${fields.join(', ')}`)
}
