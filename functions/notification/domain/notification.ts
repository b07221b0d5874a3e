import type { Cause } from '../../shared/events/event.ts'
import type { Channel, Priority } from './channel.ts'
import type { Evaluation } from './evaluation.ts'
import type { Outcome, Status } from './status.ts'

/** One person, or one address, that a notification is for. */
export type Recipient =
  | { readonly userId: string }
  | { readonly email?: string; readonly phone?: string; readonly webhookUrl?: string }

/** Text that a caller gives instead of a template. */
export interface GivenContent {
  readonly subject?: string
  readonly text: string
  readonly html?: string
}

/** A template in the version that was current when the notification was accepted. */
export interface TemplateVersion {
  readonly name: string
  readonly version: number
}

export interface NotificationId {
  readonly tenant: string
  readonly id: string
}

/** The parts of a notification that never change after its acceptance. Times are in milliseconds since the epoch. */
export interface Notification extends NotificationId {
  readonly to: Recipient
  readonly category: string
  readonly priority: Priority
  readonly source: { readonly content: GivenContent } | { readonly template: TemplateVersion }
  readonly data: Readonly<Record<string, unknown>>
  readonly createdAt: number
  readonly sendAt: number | null
  readonly expiresAt: number | null
  readonly digestKey: string | null
  readonly locale: string | null
  readonly reference: string | null
  readonly broadcastId: string | null
  /**
   * True for a digest: a notification that the system makes to carry those of a window, its items. It is in no list, has
   * no events, and one channel.
   */
  readonly isDigest: boolean
  readonly cause: Cause
}

/** A part of a notification that goes over one channel, with what became of it. */
export interface ChannelState {
  readonly channel: Channel
  readonly status: Status
  /** The time of its next judgement, in milliseconds since the epoch. */
  readonly dueAt: number
  /** A step: it is skipped if another channel got this far. */
  readonly unless: 'seen' | 'read' | 'delivered' | null
  /** Counts changes that need a worker: a message of an earlier turn is ignored. */
  readonly turn: number
  /** The tries to hand it to a provider. */
  readonly attempts: number
  /** When it was first due, from which the time for retries counts. */
  readonly firstDueAt: number
  readonly provider: string | null
  readonly reason: string | null
  /** The time at which `status` was reached. */
  readonly at: number
  /** Set while a worker sends it; then nobody else may. */
  readonly claim: Claim | null
  readonly deliveries: readonly Delivery[]
  /** The rules of its latest judgement, by which `why` answers. */
  readonly rules: readonly Evaluation[]
  /** The digest that carries this channel; `null` for one that is sent by itself. */
  readonly digestId: string | null
  /** The turn of the digest that this item has followed last. */
  readonly digestTurn?: number
  /** The ids of a digest's items, in the order in which they joined; absent for all others. */
  readonly items?: readonly string[]
  /** News of a digest that its items don't have yet; absent when they do. */
  readonly news?: News
  /** Everything that happened to this channel, from the first to the last. */
  readonly timeline: readonly TimelineEntry[]
}

/** A move of a digest that its items have to follow. */
export interface News {
  /** The event that each of them publishes; `null` for none. */
  readonly outcome: Outcome | null
  /** When the digest itself is due next, once they know; `null` if it has ended. */
  readonly resumeAt: number | null
}

/** A worker's claim of a channel. */
export interface Claim {
  readonly token: string
  /** The time at which the worker is certainly dead, in milliseconds since the epoch. */
  readonly until: number
  /** The category's choice when nobody can tell whether a provider sent something. */
  readonly onUncertain: 'retry' | 'drop'
}

/** One endpoint's part of a channel, which has the furthest status of its deliveries. */
export interface Delivery {
  /** The id of the user's endpoint, or `default` for the user's own or the given address. */
  readonly endpointId: string
  /** Empty once its user was erased. */
  readonly address: string
  /** The keyed hash of an erased address, by which bounces and complaints still suppress it; absent before. */
  readonly addressHash?: string
  readonly status: Status
  readonly provider: string | null
  /** The provider's id of the message, by which receipts name it. */
  readonly providerId: string | null
  readonly reason: string | null
  readonly attempts: number
  /** The time of the next try; `null` if there is none. */
  readonly nextAt: number | null
  /** The time at which a provider accepted it; `null` before. A receipt is awaited while its status is `sending`. */
  readonly acceptedAt: number | null
  /** True once nobody could tell whether a provider had sent it. */
  readonly uncertain: boolean
}

/** One line of a notification's timeline. */
export interface TimelineEntry {
  readonly at: number
  readonly event: string
  readonly channel?: Channel
  readonly detail?: string
}

/** The part of a notification that lists show, and that its channels know of each other. */
export interface Summary {
  readonly status: Status
  readonly channels: Readonly<Partial<Record<Channel, Status>>>
  /** The time at which its status was first final, from which its deletion counts; `null` while it is open. */
  readonly doneAt: number | null
}

/** A notification with all that may change of it. */
export interface Tracked {
  readonly notification: Notification
  readonly summary: Summary
  readonly channels: readonly ChannelState[]
}

/** Reads a notification consistently; `undefined` if there is none. */
export type ReadNotification = (id: NotificationId, signal: AbortSignal) => Promise<Tracked | undefined>
