import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { type Decision, moved, type Revise, summaryAfter } from '../domain/moves.ts'
import type { ChannelState, NotificationId, Summary, Tracked } from '../domain/notification.ts'
import { isUnclaimed } from '../domain/status.ts'

export type CancelResult =
  /** The status of each channel now. `too-late`: every channel had been claimed before. */
  | { readonly outcome: 'cancelled' | 'too-late'; readonly channels: Summary['channels'] }
  | { readonly outcome: 'not-found' }

export type Cancel = (
  /** `cause` is absent where no request caused it. */
  input: { readonly id: NotificationId; readonly cause?: Cause },
  signal: AbortSignal,
) => Promise<CancelResult>

/**
 * Creates what cancels a notification, channel by channel: those that no worker has claimed are cancelled, in one write
 * that a claim at the same moment either precedes or makes way for.
 */
export function createCancel({ revise, now }: { revise: Revise; now: Clock }): Cancel {
  return async ({ id, cause }, signal) => {
    const result = await revise({ id, ...(cause && { cause }), decide: (tracked) => decide(tracked, now()) }, signal)
    return result ?? { outcome: 'not-found' }
  }
}

function decide(tracked: Tracked, now: number): Decision<CancelResult> {
  const { channels, summary } = tracked
  const open = channels.filter(({ status }) => isUnclaimed(status))
  if (open.length === 0) {
    const outcome = channels.every(wasClaimed) ? 'too-late' : 'cancelled'
    return { changes: null, result: { outcome, channels: summary.channels } }
  }
  const cancelled = open.map((channel) => {
    const entries = [{ event: 'cancelled' }]
    return moved(channel, { status: 'cancelled', at: now, entries, set: { reason: 'cancelled' } })
  })
  const changes = { channels: cancelled, publish: { outcome: 'cancelled', reason: 'cancelled' } } as const
  const { channels: after } = summaryAfter(tracked, changes, now)
  return { changes, result: { outcome: 'cancelled', channels: after } }
}

/** Checks that a provider was asked to send it: a channel that was cancelled before or after a try was not too late. */
function wasClaimed({ status, attempts }: ChannelState): boolean {
  return status !== 'cancelled' && attempts > 0
}
