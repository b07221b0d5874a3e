import * as z from 'zod/mini'
import { parseMessage } from '../../shared/queue/parse-message.ts'
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
  return 'ended' in Object(body) ? parseMessage(minuteEnd, body) : parseMessage(denialMessage, body)
}
