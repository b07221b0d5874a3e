import type { Clock } from '../../shared/clock.ts'
import type { Revise } from '../domain/moves.ts'
import type { Tracked } from '../domain/notification.ts'
import type { Receipt } from '../domain/provider.ts'
import { afterReceipt } from '../domain/receipt.ts'
import type { Suppress } from '../domain/suppression.ts'

export interface HandleReceiptDeps {
  readNotification: (
    id: { readonly tenant: string; readonly id: string },
    signal: AbortSignal,
  ) => Promise<Tracked | undefined>
  revise: Revise
  suppress: Suppress
  now: Clock
}

/** `repeated`: it was handled before. `unknown`: nothing was sent to such an endpoint, or it was deleted since. */
export type ReceiptOutcome = 'handled' | 'repeated' | 'unknown'

export type HandleReceipt = (receipt: Receipt, signal: AbortSignal) => Promise<ReceiptOutcome>

/** Receipts after which nothing more is sent to an address. */
const SUPPRESSING: Partial<Record<Receipt['kind'], string>> = { bounced: 'bounce', complained: 'complaint' }

/**
 * Creates the handler of receipts, which apply what a provider reports about a message: the channel moves, or its
 * timeline grows, and an address that bounced for good, or whose owner complained, is suppressed. A receipt that comes
 * twice counts once.
 */
export function createHandleReceipt({ readNotification, revise, suppress, now }: HandleReceiptDeps): HandleReceipt {
  return async (receipt, signal) => {
    const id = { tenant: receipt.tenant, id: receipt.notificationId }
    const tracked = await readNotification(id, signal)
    const delivery = tracked && deliveryOf(tracked, receipt)
    if (!delivery) return 'unknown'
    const { tenant, channel, kind } = receipt
    const reason = SUPPRESSING[kind]
    // Before the receipt is recorded, so that a crash between the two leaves neither out.
    if (reason !== undefined) await suppress({ tenant, channel, address: delivery.address, reason }, signal)
    const outcome = await revise(
      {
        id,
        decide(current) {
          const state = current.channels.find((one) => one.channel === channel)
          if (!state) return { changes: null, result: 'unknown' as const }
          const isKnown = state.timeline.some(({ event, detail }) => event === kind && detail === receipt.detail)
          if (isKnown) return { changes: null, result: 'repeated' as const }
          return { changes: afterReceipt(state, receipt, now()), result: 'handled' as const }
        },
      },
      signal,
    )
    return outcome ?? 'unknown'
  }
}

function deliveryOf({ channels }: Tracked, { channel, endpointId }: Receipt) {
  const state = channels.find((one) => one.channel === channel)
  return state?.deliveries.find((delivery) => delivery.endpointId === endpointId)
}
