import type { Clock } from '../../shared/clock.ts'
import type { Revise } from '../domain/moves.ts'
import type { Delivery } from '../domain/notification.ts'
import type { Receipt } from '../domain/provider.ts'
import { afterReceipt } from '../domain/receipt.ts'
import type { Suppress, SuppressErased } from '../domain/suppression.ts'

export interface HandleReceiptDeps {
  revise: Revise
  suppress: Suppress
  suppressErased: SuppressErased
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
export function createHandleReceipt({ revise, now, ...deps }: HandleReceiptDeps): HandleReceipt {
  const suppressAfter = createSuppressAfter(deps)
  return async (receipt, signal) => {
    const { tenant, notificationId, channel, endpointId, kind, detail } = receipt
    const outcome = await revise(
      {
        id: { tenant, id: notificationId },
        async decide({ channels }) {
          const state = channels.find((one) => one.channel === channel)
          const delivery = state?.deliveries.find((one) => one.endpointId === endpointId)
          if (!state || !delivery) return { changes: null, result: 'unknown' as const }
          const isKnown = state.timeline.some((entry) => entry.event === kind && entry.detail === detail)
          // A try before may have named an address that was erased meanwhile.
          if (!isKnown || delivery.addressHash !== undefined) await suppressAfter(receipt, delivery, signal)
          if (isKnown) return { changes: null, result: 'repeated' as const }
          return { changes: afterReceipt(state, receipt, now()), result: 'handled' as const }
        },
      },
      signal,
    )
    return outcome ?? 'unknown'
  }
}

/**
 * Creates the suppression of a delivery's address, if the receipt is one to do so after. The receipt is recorded only
 * then, so that a crash between the two leaves neither out, and only if the delivery is unchanged, so that its erasure
 * is noticed.
 */
function createSuppressAfter({ suppress, suppressErased }: Pick<HandleReceiptDeps, 'suppress' | 'suppressErased'>) {
  return async ({ tenant, channel, kind }: Receipt, { address, addressHash }: Delivery, signal: AbortSignal) => {
    const reason = SUPPRESSING[kind]
    if (reason === undefined) return
    if (addressHash === undefined) await suppress({ tenant, channel, address, reason }, signal)
    else await suppressErased({ tenant, channel, addressHash, reason }, signal)
  }
}
