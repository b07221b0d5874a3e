import type { Cause } from '../../shared/events/event.ts'
import type { Channel } from './channel.ts'
import type { ChannelState, NotificationId, Summary, TimelineEntry, Tracked } from './notification.ts'
import { canMove, isOpen, type Outcome, overallStatus, type Status } from './status.ts'
import type { Join, Leave } from './window.ts'

/** Changes of channels of one notification that happen together. */
export interface Changes {
  /** The channels as they are after the change. */
  readonly channels: readonly ChannelState[]
  /** The event to publish, if any. */
  readonly publish?: { readonly outcome: Outcome; readonly reason: string | null }
  /** The window that the channel joins with the change. */
  readonly join?: Join
  /** The digest that the channel leaves with the change. */
  readonly leave?: Leave
}

/** A decision about a notification: what changes, and what the caller learns. */
export interface Decision<Result> {
  readonly changes: Changes | null
  readonly result: Result
}

/**
 * Reads a notification consistently, decides, and writes the changes on condition that neither the notification's
 * summary nor a changed channel was written meanwhile. The loser of a race reads and decides again, so that `decide` may
 * be called several times, and of two that move a channel at once one wins. `undefined` for an id that nobody has, and
 * for a channel that could not leave its digest, because a worker had claimed it.
 */
export type Revise = <Result>(
  asked: {
    readonly id: NotificationId
    /** The cause of the change; absent: that of the notification. */
    readonly cause?: Cause
    readonly decide: (tracked: Tracked) => Decision<Result> | Promise<Decision<Result>>
  },
  signal: AbortSignal,
) => Promise<Result | undefined>

/** The longest timeline of a channel: the first entries and the latest ones stay. */
const MAX_TIMELINE = 150
const KEPT_AT_START = 20

/** A change of one channel. */
export interface Move {
  readonly status?: Status
  readonly at: number
  /** The new entries of the timeline. */
  readonly entries?: readonly { readonly event: string; readonly detail?: string }[]
  /** Other fields that change. */
  readonly set?: Partial<Omit<ChannelState, 'channel' | 'status' | 'at' | 'turn' | 'timeline'>>
  /** True if a worker is to look at it when it is due. */
  readonly wake?: boolean
}

/**
 * Returns a channel after a move.
 *
 * @throws Error for an illegal move, which would be a bug.
 */
export function moved(
  channel: ChannelState,
  { status = channel.status, at, entries = [], set, wake }: Move,
): ChannelState {
  if (status !== channel.status && !canMove(channel.status, status)) {
    throw new Error(`A channel can't move from ${channel.status} to ${status}`)
  }
  const added = entries.map((entry) => ({ at, channel: channel.channel, ...entry }))
  return {
    ...channel,
    ...set,
    status,
    at: status === channel.status ? channel.at : at,
    turn: wake ? channel.turn + 1 : channel.turn,
    timeline: shortened([...channel.timeline, ...added]),
  }
}

function shortened(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  if (timeline.length <= MAX_TIMELINE) return timeline
  return [...timeline.slice(0, KEPT_AT_START), ...timeline.slice(KEPT_AT_START - MAX_TIMELINE)]
}

/** Returns what lists show of a notification after changes. */
export function summaryAfter({ summary }: Tracked, { channels }: Changes, now: number): Summary {
  const statuses: Partial<Record<Channel, Status>> = { ...summary.channels }
  for (const { channel, status } of channels) statuses[channel] = status
  const status = overallStatus(Object.values(statuses))
  return { status, channels: statuses, doneAt: summary.doneAt ?? (isOpen(status) ? null : now) }
}
