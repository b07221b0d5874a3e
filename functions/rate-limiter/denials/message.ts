import * as z from 'zod/mini'
import type { DenialMessage, MinuteEnd } from '../domain/denials.ts'

const minute = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/))
const policyMinute = { tenant: z.string(), policy: z.string(), minute }
const count = z.int().check(z.minimum(1))

const denialMessage = z.object({
  id: z.string(),
  reports: z.array(
    z.object({ ...policyMinute, denied: z.array(z.tuple([z.string(), count])), degraded: z.optional(count) }),
  ),
})

const minuteEnd = z.object({ ended: z.object(policyMinute) })

/**
 * Reads a message of the queue.
 *
 * @throws Error naming the fields that are wrong, never their values.
 */
export function readDenialMessage(body: unknown): DenialMessage | MinuteEnd {
  const result = 'ended' in Object(body) ? z.safeParse(minuteEnd, body) : z.safeParse(denialMessage, body)
  if (result.success) return result.data
  const fields = result.error.issues.map(({ code, path }) => `${path.join('.')} (${code})`)
  throw new Error(`A message with wrong fields: ${fields.join(', ')}`)
}
