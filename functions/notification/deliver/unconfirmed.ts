import { awaitsReceipt, progressOf, RECEIPT_MS } from '../domain/deliveries.ts'
import { type Changes, moved } from '../domain/moves.ts'
import type { ChannelState } from '../domain/notification.ts'

/** Ends deliveries whose receipts have not come in 72 hours. */
export function unconfirmed(channel: ChannelState, now: number): Changes {
  const isLate = ({ acceptedAt }: { acceptedAt: number | null }) =>
    acceptedAt !== null && acceptedAt + RECEIPT_MS <= now
  const deliveries = channel.deliveries.map((one) =>
    awaitsReceipt(one) && isLate(one) ? { ...one, status: 'unconfirmed' as const, reason: 'no-receipt' } : one,
  )
  const { status, dueAt, ...facts } = progressOf(deliveries)
  const entries = [{ event: 'unconfirmed', detail: 'No receipt arrived within 72 hours.' }]
  const set = { ...facts, ...(dueAt !== undefined && { dueAt }) }
  return { channels: [moved(channel, { status, at: now, entries, set, wake: dueAt !== undefined })] }
}
