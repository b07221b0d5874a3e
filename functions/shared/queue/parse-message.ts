import * as z from 'zod/mini'

/**
 * Parses the content of a message.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function parseMessage<Message>(schema: z.ZodMiniType<Message>, body: unknown): Message {
  const result = z.safeParse(schema, body)
  if (result.success) return result.data
  const fields = result.error.issues.map(({ code, path }) => `${path.join('.')} (${code})`)
  throw new Error(`A message with wrong fields: ${fields.join(', ')}`)
}
