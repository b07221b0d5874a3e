import * as z from 'zod/mini'
import { parseMessage } from '../../shared/queue/parse-message.ts'
import type { Click, DueEvent } from '../domain/click.ts'

/** A message of the queue of clicks. */
export type ClickMessage = Click | DueEvent

const click = z.object({
  id: z.string().check(z.minLength(1)),
  code: z.string(),
  tenant: z.string(),
  at: z.int(),
  isPrefetch: z.boolean(),
  visitor: z.nullable(z.string().check(z.length(11))),
  userAgent: z.string(),
  referrer: z.nullable(z.string()),
  country: z.string(),
} satisfies Record<keyof Click, z.ZodMiniType>)

const dueEvent = z.object({ due: z.object({ code: z.string(), tenant: z.string() }) })

/**
 * Reads a message of the queue.
 *
 * @throws Error with the names of the wrong fields, never their values.
 */
export function readClickMessage(body: unknown): ClickMessage {
  return 'due' in Object(body) ? parseMessage(dueEvent, body) : parseMessage(click, body)
}
