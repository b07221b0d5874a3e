import type { Clock } from '../../shared/clock.ts'
import type { Channel } from '../domain/channel.ts'
import type { Provider, Providers } from '../domain/provider.ts'
import { createOutbox, type KeepMessage } from './outbox.ts'

export interface OutboxProvidersOptions {
  keep: KeepMessage
  now: Clock
  /** False in prod: a channel without a provider fails there. */
  hasOutbox: boolean
}

/** Channels whose messages the outbox can keep. */
const KEPT = ['email', 'sms', 'push'] as const satisfies readonly Channel[]

/** Creates the providers of a stage in which no service is set up. */
export function createOutboxProviders({ keep, now, hasOutbox }: OutboxProvidersOptions): Providers {
  const outboxes = KEPT.map((channel) => [channel, createOutbox(channel, { keep, now })] as const)
  const providers = new Map<Channel, Provider>(hasOutbox ? outboxes : [])
  return {
    async send(message, signal) {
      const provider = providers.get(message.channel)
      if (!provider) return { outcome: 'refused', reason: 'no-provider', gone: false, provider: null }
      return { ...(await provider.send(message, signal)), provider: provider.name }
    },
    isIdempotent: (channel) => providers.get(channel)?.idempotent ?? false,
  }
}
