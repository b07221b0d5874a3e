import { moved } from './moves.ts'
import type { ChannelState } from './notification.ts'
import { isOpen } from './status.ts'

/** Checks whether quiet hours alone hold a channel back. Those of a digest's items hold back the digest instead. */
export function isHeldByQuietHours({ status, claim, rules, digestId }: ChannelState): boolean {
  const last = rules.at(-1)
  return (
    isOpen(status) && digestId === null && claim === null && last?.rule === 'quiet-hours' && last.outcome === 'deferred'
  )
}

/** Returns a channel that is to be judged now, since the quiet hours that held it back are others. */
export function retimed(channel: ChannelState, now: number): ChannelState {
  const deliveries = channel.deliveries.map((one) => (one.nextAt === null ? one : { ...one, nextAt: now }))
  const entries = [{ event: 'retimed', detail: 'The quiet hours changed.' }]
  return moved(channel, { at: now, entries, set: { dueAt: now, deliveries }, wake: true })
}
