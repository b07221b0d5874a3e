import type { Channel } from '../../../functions/notification/domain/channel.ts'
import type { OutgoingMessage, Providers, Receipt, Sent } from '../../../functions/notification/domain/provider.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import type { Faults } from './faults.ts'
import { idsIn } from './news.ts'

/** A provider that remembers what it really sent. */
export interface ChaosProvider extends Providers {
  /** The messages of a channel of a notification that went out. */
  sentOf: (id: string, channel: Channel) => number
  /** The notifications of the messages that went out with a notification in their text. */
  carriersOf: (id: string) => readonly string[]
  receipts: () => readonly Receipt[]
}

export interface ChaosProviderOptions {
  faults: Faults
  random: Random
  now: () => number
  /** Gets receipts as they come. */
  onReceipt: (receipt: Receipt) => void
  isIdempotent: boolean
}

/** Creates a provider for email with receipts, and for SMS without, that fails in all ways that providers know. */
export function createChaosProvider(options: ChaosProviderOptions): ChaosProvider {
  const { faults, random, now, onReceipt } = options
  const sent = new Map<string, number>()
  const carriers = new Map<string, string[]>()
  const receipts: Receipt[] = []
  const keyOf = (id: string, channel: Channel) => `${id}/${channel}`
  const provider = 'chaos'

  function reallySend({ tenant, notificationId, channel, endpointId, parts }: OutgoingMessage): void {
    const key = keyOf(notificationId, channel)
    sent.set(key, (sent.get(key) ?? 0) + 1)
    for (const id of idsIn(parts.text ?? '')) carriers.set(id, [...(carriers.get(id) ?? []), notificationId])
    if (channel !== 'email' || faults.hits('receiptLost')) return
    const kind = faults.hits('bounced') ? 'bounced' : 'delivered'
    const receipt = { tenant, notificationId, channel, endpointId, kind, at: now(), detail: 'It said so.' } as const
    receipts.push(receipt)
    const times = faults.hits('receiptTwice') ? 2 : 1
    for (let time = 0; time < times; time++) setTimeout(() => onReceipt(receipt), random() * 30)
  }

  return {
    async send(message, signal): Promise<Sent> {
      await new Promise((resolve) => setTimeout(resolve, random() * 10))
      // A function that has run out of time is frozen, and sends nothing more.
      signal.throwIfAborted()
      if (faults.hits('crash')) throw new Error('Injected: the worker died before the call')
      if (faults.hits('unavailable')) return { outcome: 'unavailable', reason: 'throttled', provider }
      if (faults.hits('refusedForGood')) return { outcome: 'refused', reason: 'no-such-address', gone: false, provider }
      const isLost = faults.hits('answerLost')
      if (isLost && random() < 0.5) return { outcome: 'unknown', reason: 'timed-out', provider }
      reallySend(message)
      if (faults.hits('crash')) throw new Error('Injected: the worker died after the call')
      if (isLost) return { outcome: 'unknown', reason: 'timed-out', provider }
      return { outcome: 'accepted', providerId: null, receipts: message.channel === 'email', provider }
    },
    isIdempotent: () => options.isIdempotent,
    sentOf: (id, channel) => sent.get(keyOf(id, channel)) ?? 0,
    carriersOf: (id) => carriers.get(id) ?? [],
    receipts: () => receipts,
  }
}
