import * as z from 'zod/mini'
import { CHANNELS } from '../domain/channel.ts'
import type { Receipt } from '../domain/provider.ts'
import { readMailEvent } from './mail-event.ts'
import { readSmsEvent } from './sms-event.ts'

const text = z.string().check(z.minLength(1))

/** A receipt of the simulator. */
const simulated = z.object({
  kind: z.literal('receipt'),
  receipt: z.object({
    tenant: text,
    notificationId: text,
    channel: z.enum(CHANNELS),
    endpointId: text,
    kind: z.enum(['delivered', 'bounced', 'bounced-transiently', 'complained']),
    at: z.int(),
    detail: text,
  }),
})

/**
 * Reads a message of the queue: a receipt of the simulator, or an event of SES or of End User Messaging; `null` for an
 * event that tells nothing new, or is not about a message of this system.
 *
 * @throws Error for anything else, without its text.
 */
export function readReceipt(body: unknown): Receipt | null {
  const own = z.safeParse(simulated, body)
  if (own.success) return own.data.receipt
  const read = readMailEvent(body) ?? readSmsEvent(body)
  if (!read) throw new Error('The message is not a receipt of a known kind')
  return read.receipt
}
