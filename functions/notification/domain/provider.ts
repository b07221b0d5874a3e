import type { Channel, Priority } from './channel.ts'
import type { Rendered } from './template.ts'

/** A message for one endpoint, ready for a provider. */
export interface OutgoingMessage {
  readonly tenant: string
  readonly notificationId: string
  readonly endpointId: string
  readonly channel: Channel
  readonly category: string
  readonly priority: Priority
  readonly address: string
  readonly parts: Rendered
  /** Mail headers such as `List-Unsubscribe`. */
  readonly headers: Readonly<Record<string, string>>
  /** The same for all tries of one delivery, for providers that recognise repeats. */
  readonly idempotencyKey: string
}

/** The result of one call of a provider. */
export type SendResult =
  /** Accepted; `receipts`: a receipt will tell whether it arrived. */
  | { readonly outcome: 'accepted'; readonly providerId: string | null; readonly receipts: boolean }
  /** It certainly arrived. */
  | { readonly outcome: 'delivered'; readonly providerId: string | null }
  /** Refused for good: no retry and no other provider would help. `gone`: the endpoint is to be disabled. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly gone: boolean }
  /** Certainly not accepted: another provider, or a later try, may do. */
  | { readonly outcome: 'unavailable'; readonly reason: string; readonly retryAfterMs?: number }
  /** Nobody can tell whether it was sent. */
  | { readonly outcome: 'unknown'; readonly reason: string }

/** An adapter of one service that sends. `send` never rejects but for programming errors. */
export interface Provider {
  readonly name: string
  readonly channel: Channel
  readonly role: 'primary' | 'backup'
  /** True if a repeat under the same key has no second effect. */
  readonly idempotent: boolean
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>
}

/** A provider's later word about a message. */
export interface Receipt {
  readonly tenant: string
  readonly notificationId: string
  readonly channel: Channel
  readonly endpointId: string
  readonly kind: 'delivered' | 'bounced' | 'bounced-transiently' | 'complained'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly detail: string
}

/** The result for a message, and the provider that decided it; `null` if none did. */
export type Sent = SendResult & { readonly provider: string | null }

/** The providers of all channels, with failover and their budgets. */
export interface Providers {
  /** Hands a message to the primary provider of its channel, or to the backup after a definite refusal. */
  readonly send: (message: OutgoingMessage, signal: AbortSignal) => Promise<Sent>
  /** Checks whether a repeat of a message with the same key has no second effect. */
  readonly isIdempotent: (channel: Channel) => boolean
}
