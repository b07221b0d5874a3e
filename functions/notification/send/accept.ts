import type { Cause } from '../../shared/events/event.ts'
import type { Channel, Priority } from '../domain/channel.ts'
import { newChannel } from '../domain/new-channel.ts'
import type { ChannelState, GivenContent, Notification, Recipient, Summary, Tracked } from '../domain/notification.ts'
import { overallStatus } from '../domain/status.ts'

/** A step of a notification: a channel that waits, and may not be needed any more by then. */
export interface Step {
  readonly channel: Channel
  /** @default 0 */
  readonly afterSeconds?: number | undefined
  readonly unless?: 'seen' | 'read' | 'delivered' | undefined
}

/** A request to send one notification. Times are in milliseconds since the epoch. */
export interface Request {
  readonly tenant: string
  readonly to: Recipient
  readonly source: { readonly content: GivenContent } | { readonly template: string }
  readonly data: Readonly<Record<string, unknown>>
  readonly category: string
  readonly steps: readonly Step[] | undefined
  readonly priority: Priority
  readonly sendAt: number | null
  readonly expiresAt: number | null
  readonly digestKey: string | null
  readonly locale: string | null
  readonly reference: string | null
  readonly broadcastId?: string
  readonly cause: Cause
}

/** A `sendAt` that is past by less counts as now: clocks differ. */
const MAX_PAST_MS = 60_000

/** Checks that a time to send at, which is not ahead, counts as now. Both are in milliseconds since the epoch. */
export function countsAsNow(sendAt: number, now: number): boolean {
  return sendAt <= now && sendAt >= now - MAX_PAST_MS
}

export interface Accepted {
  readonly request: Request
  readonly id: string
  readonly source: Notification['source']
  readonly steps: readonly Step[]
  readonly now: number
}

/** Builds a notification that is accepted, with one channel for each step. */
export function acceptedNotification({ request, id, source, steps, now }: Accepted): Tracked {
  const { steps: _, source: __, ...given } = request
  const broadcastId = request.broadcastId ?? null
  const notification: Notification = { ...given, id, source, createdAt: now, broadcastId, isDigest: false }
  const channels = steps.map((step) => firstState(step, notification))
  const statuses = Object.fromEntries(channels.map(({ channel, status }) => [channel, status]))
  const summary: Summary = {
    status: overallStatus(channels.map(({ status }) => status)),
    channels: statuses,
    doneAt: null,
  }
  return { notification, summary, channels }
}

function firstState({ channel, afterSeconds = 0, unless }: Step, notification: Notification): ChannelState {
  const { createdAt, sendAt, expiresAt } = notification
  const begin = Math.max(createdAt, sendAt ?? 0) + afterSeconds * 1000
  // A channel that would expire before it is due expires in time.
  const dueAt = expiresAt === null ? begin : Math.min(begin, expiresAt)
  return newChannel(channel, { dueAt, now: createdAt, unless: unless ?? null })
}
