import type { OutgoingMessage, Providers, Receipt, SendResult } from '../domain/provider.ts'

/** The domain whose mailboxes never reach a provider. */
const DOMAIN = '@simulator.test'

/** The end of a message to a simulator's mailbox, at once and by a receipt. */
interface Script {
  readonly result: SendResult
  readonly receipt?: { readonly kind: Receipt['kind']; readonly afterSeconds: number }
}

const ACCEPTED: SendResult = { outcome: 'accepted', providerId: null, receipts: true }
const DELIVERED: SendResult = { outcome: 'delivered', providerId: null }

const SCRIPTS: Readonly<Record<string, Script>> = {
  delivered: { result: DELIVERED },
  fail: { result: { outcome: 'refused', reason: 'simulated-failure', gone: false } },
  bounce: { result: ACCEPTED, receipt: { kind: 'bounced', afterSeconds: 0 } },
  soft: { result: ACCEPTED, receipt: { kind: 'bounced-transiently', afterSeconds: 0 } },
  complaint: { result: DELIVERED, receipt: { kind: 'complained', afterSeconds: 0 } },
  slow: { result: ACCEPTED, receipt: { kind: 'delivered', afterSeconds: 10 } },
  late: { result: DELIVERED, receipt: { kind: 'bounced', afterSeconds: 5 } },
}

const UNKNOWN_MAILBOX: Script = { result: { outcome: 'refused', reason: 'unknown-address', gone: false } }

/** Has a receipt handled after so many seconds, up to 900. */
export type SendReceipt = (
  receipt: Omit<Receipt, 'at'>,
  options: { readonly afterSeconds: number; readonly signal: AbortSignal },
) => Promise<void>

export interface SimulatorDeps {
  /** Keeps what would have been sent, where it can be read. */
  keep: (message: OutgoingMessage, signal: AbortSignal) => Promise<SendResult>
  sendReceipt: SendReceipt
  /** Checks whether a tenant is in test mode, in which nothing reaches a provider. */
  isTest: (tenant: string, signal: AbortSignal) => Promise<boolean>
}

/**
 * Puts a simulator before the providers: messages to its addresses, and all of a tenant in test mode, end as their
 * address says, and are kept in the outbox instead of being sent. In test mode any other address gets what it is sent.
 */
export function withSimulator(providers: Providers, { keep, sendReceipt, isTest }: SimulatorDeps): Providers {
  return {
    ...providers,
    async send(message, signal) {
      const script = scriptOf(message)
      // The inbox is the system's own: what is in it has reached nobody outside.
      const isOutside = message.channel !== 'inapp'
      if (!script && !(isOutside && (await isTest(message.tenant, signal)))) return providers.send(message, signal)
      const kept = await keep(message, signal)
      if (kept.outcome === 'unknown') return { ...kept, provider: SIMULATOR }
      const { result, receipt } = script ?? { result: DELIVERED }
      if (receipt) {
        const { tenant, notificationId, channel, endpointId } = message
        const { kind, afterSeconds } = receipt
        const report = { tenant, notificationId, channel, endpointId, kind, detail: `The simulator’s ${kind}.` }
        await sendReceipt(report, { afterSeconds, signal })
      }
      return { ...result, provider: SIMULATOR }
    },
  }
}

export const SIMULATOR = 'simulator'

/** Only mailboxes have addresses of the simulator; any other of its domain is unknown there. */
function scriptOf({ channel, address }: Pick<OutgoingMessage, 'channel' | 'address'>): Script | undefined {
  const text = address.toLowerCase()
  if (channel !== 'email' || !text.endsWith(DOMAIN)) return undefined
  const name = text.slice(0, -DOMAIN.length)
  return Object.hasOwn(SCRIPTS, name) ? SCRIPTS[name] : UNKNOWN_MAILBOX
}
