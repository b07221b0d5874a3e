import * as z from 'zod/mini'
import type { Receipt } from '../domain/provider.ts'

/** An event as AWS End User Messaging publishes it to a topic, as far as it is read. */
const schema = z.object({
  eventType: z.string().check(z.startsWith('TEXT_')),
  eventTimestamp: z.number(),
  isFinal: z.optional(z.boolean()),
  messageId: z.string(),
  context: z.optional(z.record(z.string(), z.string())),
})

/** Carriers use either of the two, by country, once they are done. */
const DELIVERED: ReadonlySet<string> = new Set(['TEXT_DELIVERED', 'TEXT_SUCCESSFUL'])

/** The number can't get messages, now or later. */
const PERMANENT: ReadonlySet<string> = new Set(['TEXT_INVALID'])

/** Nothing is known, or nothing has happened yet. */
const OPEN: ReadonlySet<string> = new Set(['TEXT_QUEUED', 'TEXT_PENDING', 'TEXT_UNKNOWN', 'TEXT_SENT'])

/**
 * Reads an event of AWS End User Messaging
 * (https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html). A message is recognised
 * by the context with which it was sent.
 *
 * @returns `undefined` for what is no such event; without a receipt if it tells nothing of interest.
 */
export function readSmsEvent(body: unknown): { receipt: Receipt | null } | undefined {
  const { success, data } = z.safeParse(schema, body)
  if (!success) return undefined
  const { eventType, eventTimestamp: at, isFinal = true, context = {} } = data
  const { tenant, notification, endpoint } = context
  if (!isFinal || OPEN.has(eventType) || !tenant || !notification || !endpoint) return { receipt: null }
  const kind = DELIVERED.has(eventType) ? 'delivered' : PERMANENT.has(eventType) ? 'bounced' : 'bounced-transiently'
  const detail = `End User Messaging: ${eventType} (${endpoint}, ${new Date(at).toISOString()}).`
  return { receipt: { tenant, notificationId: notification, channel: 'sms', endpointId: endpoint, kind, at, detail } }
}
