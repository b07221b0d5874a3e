import type { ChannelState, Delivery } from './notification.ts'
import { isOpen, type Outcome, overallStatus, type Status } from './status.ts'

/** The time for which a receipt is awaited. */
export const RECEIPT_MS = 72 * 60 * 60 * 1000

/** Fields of a channel that follow from its deliveries. */
export interface Progress {
  readonly status: Status
  readonly deliveries: readonly Delivery[]
  readonly provider: string | null
  readonly reason: string | null
  /** The time at which a worker is to look again; absent when nothing is left to do. */
  readonly dueAt?: number
}

/** Checks that a provider accepted it, and that its receipt is still to come. */
export function awaitsReceipt({ status, acceptedAt }: Delivery): boolean {
  return status === 'sending' && acceptedAt !== null
}

/** Checks that a delivery is to be tried again. */
export function awaitsRetry({ status, nextAt }: Delivery): boolean {
  return status === 'sending' && nextAt !== null
}

/**
 * Returns how far a channel is when its deliveries are as given, and nobody works on it: the furthest of them, if all
 * are done. A channel returns to the queue only if certainly nothing of it was sent, since from there it can be cancelled.
 */
export function progressOf(deliveries: readonly Delivery[]): Progress {
  const furthest = [...deliveries].sort((a, b) => Number(isFailed(a)) - Number(isFailed(b)))[0]
  const facts = { deliveries, provider: furthest?.provider ?? null, reason: furthest?.reason ?? null }
  const open = deliveries.filter(({ status }) => isOpen(status))
  if (open.length === 0) return { ...facts, status: overallStatus(deliveries.map(({ status }) => status)) }
  const dueAt = Math.min(...open.map(({ nextAt, acceptedAt }) => nextAt ?? (acceptedAt ?? 0) + RECEIPT_MS))
  const isUnsent = deliveries.every((one) => one.acceptedAt === null && !one.uncertain)
  return { ...facts, status: isUnsent ? 'queued' : 'sending', dueAt }
}

function isFailed({ status }: Delivery): boolean {
  return status === 'failed' || status === 'expired'
}

/** The event of a channel that has ended with its deliveries. */
const ENDS: Partial<Record<Status, Outcome>> = {
  delivered: 'delivered',
  sent: 'sent',
  failed: 'failed',
  expired: 'expired',
}

/** Returns the event that tells how far a channel has come; `undefined` if it says nothing new. */
export function outcomeOf(before: ChannelState, { status, deliveries }: Progress): Outcome | undefined {
  if (!isOpen(status)) return ENDS[status]
  const wasAccepted = before.deliveries.some(({ acceptedAt }) => acceptedAt !== null)
  return !wasAccepted && deliveries.some(({ acceptedAt }) => acceptedAt !== null) ? 'sent' : undefined
}
