import type { Cause } from '../../shared/events/event.ts'
import type { Priority } from './channel.ts'

export interface BroadcastId {
  readonly tenant: string
  readonly id: string
}

/**
 * One message to all who subscribe to a topic when it is published. It goes through the subscribers by name, first to
 * count them, then to notify each.
 */
export interface Broadcast extends BroadcastId {
  readonly topic: string
  /** The priority of its notifications, and of its own turns. */
  readonly priority: Priority
  readonly status: 'running' | 'done' | 'stopped'
  readonly phase: 'counting' | 'notifying'
  /** The topic's version when it was published: see `wasSubscribed`. */
  readonly version: number
  /** The steps that were counted. Each is counted once, whoever does it again. */
  readonly steps: number
  /** The last subscriber that was gone through in this phase. */
  readonly after: string | null
  /** The subscribers that were counted; all of them once they are notified. */
  readonly total: number
  /** Notifications that were accepted. */
  readonly queued: number
  /** Subscribers who could not be notified. */
  readonly refused: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The time at which the last of its channels is due, in milliseconds since the epoch. */
  readonly lastDueAt: number
  readonly cause: Cause
}

/**
 * The time of one step, in milliseconds. Nothing is made in a step that is not done by then: a broadcast that is stopped
 * ends with it, and a subscriber who is deleted meanwhile is notified no later.
 */
export const STEP_MS = 8000

/** Tells a worker to go on with a broadcast. The stored broadcast decides where, and whether. */
export interface BroadcastTurn extends BroadcastId {
  readonly priority: Priority
  readonly cause: Pick<Cause, 'correlationId' | 'traceparent'>
}

/** The span for which a user subscribes, in versions of the topic, each of which is one change or publication. */
interface Span {
  readonly joined: number
  readonly left: number | null
}

/**
 * A user who subscribes to a topic, or did a while ago. A span that ended is kept for the broadcasts that are under way,
 * also when the user is back.
 */
export interface Subscriber extends Span {
  readonly user: string
  readonly before: Span | null
  /** Milliseconds since the epoch. */
  readonly subscribedAt: number
}

/**
 * Checks that a user subscribed when a broadcast was published. Each change and each publication takes the topic's next
 * version, so that the snapshot is right whatever the clocks say.
 */
export function wasSubscribed({ before, ...current }: Subscriber, version: number): boolean {
  return [current, before].some((span) => span && span.joined < version && (span.left === null || span.left > version))
}

/**
 * The number of counters over which the outcomes of a broadcast are spread, each in a partition of its own. Workers end
 * some 1,000 notifications a second at most: 16 for each counter, of which a transaction holds one for some 10 ms.
 */
export const OUTCOME_SHARDS = 64

/** The progress of a broadcast, as clients see it. */
export interface BroadcastProgress {
  readonly status: Broadcast['status']
  readonly total: number
  /** Notifications that were accepted: at least those that have ended. */
  readonly queued: number
  /** Notifications with a final status other than `failed`. */
  readonly done: number
  /** Notifications that failed, and subscribers who could not be notified. */
  readonly failed: number
}
