import * as z from 'zod/mini'
import { fromTag } from '../domain/mail-tag.ts'
import type { Receipt } from '../domain/provider.ts'

/** An event as SES publishes it to a topic, as far as it is read. */
const schema = z.object({
  eventType: z.string(),
  mail: z.object({
    messageId: z.string(),
    timestamp: z.string(),
    tags: z.optional(z.record(z.string(), z.array(z.string()))),
  }),
  bounce: z.optional(
    z.object({ bounceType: z.string(), bounceSubType: z.optional(z.string()), timestamp: z.string() }),
  ),
  complaint: z.optional(z.object({ timestamp: z.string() })),
  delivery: z.optional(z.object({ timestamp: z.string() })),
})

type MailEvent = z.infer<typeof schema>

/**
 * Reads an event of SES (https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html). A
 * message is recognised by the tags with which it was sent.
 *
 * @returns `undefined` for what is no event of SES; without a receipt if it tells nothing of interest.
 */
export function readMailEvent(body: unknown): { receipt: Receipt | null } | undefined {
  const { success, data } = z.safeParse(schema, body)
  if (!success) return undefined
  const report = reportOf(data)
  const { tags = {} } = data.mail
  const [tenant, notificationId, endpointId] = ['tenant', 'notification', 'endpoint'].map((name) =>
    fromTag(tags[name]?.[0]),
  )
  if (!report || !tenant || !notificationId || !endpointId) return { receipt: null }
  const { kind, timestamp, what } = report
  const detail = `SES: ${what} (${endpointId}, ${timestamp}).`
  return { receipt: { tenant, notificationId, channel: 'email', endpointId, kind, at: Date.parse(timestamp), detail } }
}

function reportOf({ eventType, mail, bounce, complaint, delivery }: MailEvent) {
  if (bounce) {
    const what = `${bounce.bounceType} bounce, ${bounce.bounceSubType ?? 'unspecified'}`
    // An undetermined bounce may pass, so it suppresses nothing.
    const kind = bounce.bounceType === 'Permanent' ? ('bounced' as const) : ('bounced-transiently' as const)
    return { kind, timestamp: bounce.timestamp, what }
  }
  if (complaint) return { kind: 'complained' as const, timestamp: complaint.timestamp, what: 'complaint' }
  if (delivery) return { kind: 'delivered' as const, timestamp: delivery.timestamp, what: 'delivered' }
  // SES found a virus: it accepted the mail, and sends it to nobody.
  if (eventType === 'Reject')
    return { kind: 'bounced-transiently' as const, timestamp: mail.timestamp, what: 'rejected' }
  return undefined
}
