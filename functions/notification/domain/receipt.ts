import { outcomeOf, type Progress, progressOf } from './deliveries.ts'
import { type Changes, moved } from './moves.ts'
import type { ChannelState, Delivery } from './notification.ts'
import type { Receipt } from './provider.ts'
import type { Status } from './status.ts'

/** Statuses that a permanent bounce still changes. */
const BOUNCEABLE: ReadonlySet<Status> = new Set(['sending', 'sent', 'delivered', 'unconfirmed'])

/**
 * Returns what a receipt changes of a channel. A permanent bounce counts at any time; any other receipt that comes after
 * the end only enters the timeline.
 */
export function afterReceipt(channel: ChannelState, receipt: Receipt, now: number): Changes {
  const { kind, detail } = receipt
  const entries = [{ event: kind, detail }]
  const deliveries = channel.deliveries.map((delivery) =>
    delivery.endpointId === receipt.endpointId ? withReceipt(delivery, receipt, now) : delivery,
  )
  const isNews = deliveries.some((delivery, index) => delivery !== channel.deliveries[index])
  if (!isNews) return { channels: [moved(channel, { at: now, entries })] }
  // The worker that still has the claim ends it, and finds what the receipt said.
  if (channel.claim) return { channels: [moved(channel, { at: now, entries, set: { deliveries } })] }
  const progress = progressOf(deliveries)
  const { dueAt, status, ...facts } = progress
  const set = { ...facts, ...(dueAt !== undefined && { dueAt }) }
  const after = moved(channel, { status, at: now, entries, set, wake: dueAt !== undefined })
  const outcome = bounceOf(receipt, progress) ?? (status === channel.status ? undefined : outcomeOf(channel, progress))
  return { channels: [after], ...(outcome && { publish: { outcome, reason: progress.reason } }) }
}

function bounceOf({ kind }: Receipt, { status }: Progress) {
  return status === 'failed' && kind.startsWith('bounced') ? ('bounced' as const) : undefined
}

function withReceipt(delivery: Delivery, { kind }: Receipt, now: number): Delivery {
  const isOpen = delivery.status === 'sending'
  const known = { ...delivery, nextAt: null, acceptedAt: delivery.acceptedAt ?? now }
  switch (kind) {
    case 'delivered':
    case 'complained':
      return isOpen ? { ...known, status: 'delivered', reason: null } : delivery
    case 'bounced':
      return BOUNCEABLE.has(delivery.status) ? { ...known, status: 'failed', reason: 'bounced' } : delivery
    case 'bounced-transiently':
      return isOpen ? { ...known, status: 'failed', reason: 'bounced-transiently' } : delivery
  }
}
