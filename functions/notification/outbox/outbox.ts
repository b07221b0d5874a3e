import type { Clock } from '../../shared/clock.ts'
import { normalAddress } from '../domain/address.ts'
import type { Channel } from '../domain/channel.ts'
import type { OutgoingMessage, Provider } from '../domain/provider.ts'

/** A message that was not sent, but kept to be read. */
export interface OutboxItem {
  readonly to: string
  readonly channel: Channel
  readonly headers: Readonly<Record<string, string>>
  readonly subject?: string
  readonly text: string
  readonly html?: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Keeps a message. A message that is sent twice is there twice. */
export type KeepMessage = (
  kept: { readonly tenant: string; readonly address: string; readonly item: OutboxItem },
  signal: AbortSignal,
) => Promise<void>

/** Creates a provider that sends nothing, and keeps each message readable: for development, where no service is set up. */
export function createOutbox(channel: Channel, { keep, now }: { keep: KeepMessage; now: Clock }): Provider {
  return {
    name: 'outbox',
    channel,
    role: 'primary',
    idempotent: false,
    async send(message, signal) {
      const address = normalAddress(message.channel, message.address)
      try {
        await keep({ tenant: message.tenant, address, item: toItem(message, now()) }, signal)
        return { outcome: 'delivered', providerId: null }
      } catch {
        return { outcome: 'unknown', reason: 'outbox-unreachable' }
      }
    },
  }
}

function toItem({ address, channel, headers, parts }: OutgoingMessage, at: number): OutboxItem {
  const { subject, title, text, body, html } = parts
  const heading = subject ?? title
  return {
    to: address,
    channel,
    headers,
    ...(heading !== undefined && { subject: heading }),
    text: text ?? body ?? '',
    ...(html !== undefined && { html }),
    at,
  }
}
