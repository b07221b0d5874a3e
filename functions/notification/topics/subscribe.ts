import type { Clock } from '../../shared/clock.ts'
import type { Subscriber } from '../domain/broadcast.ts'

export interface Subscription {
  readonly tenant: string
  readonly topic: string
  readonly user: string
}

/** Takes the next version of a topic, greater than all before. */
export type NextVersion = (topic: Omit<Subscription, 'user'>, signal: AbortSignal) => Promise<number>

/** Starts or ends a subscription. `unchanged`: it is so already, and the record stays. */
export type ChangeSubscription = (
  change: Subscription & { readonly version: number; readonly now: number },
  signal: AbortSignal,
) => Promise<'changed' | 'unchanged'>

export interface SubscribeDeps {
  nextVersion: NextVersion
  startSubscription: ChangeSubscription
  endSubscription: ChangeSubscription
  now: Clock
}

/** The two changes of a topic's subscribers, each of which may be repeated. */
export interface ChangeSubscriptions {
  subscribe: (subscription: Subscription, signal: AbortSignal) => Promise<'changed' | 'unchanged'>
  unsubscribe: (subscription: Subscription, signal: AbortSignal) => Promise<'changed' | 'unchanged'>
}

/**
 * Creates the changes of a topic's subscribers. A change takes its version before it is
 * written: a broadcast that is published after the change was answered has a later one.
 */
export function changeSubscriptions({
  nextVersion,
  startSubscription,
  endSubscription,
  now,
}: SubscribeDeps): ChangeSubscriptions {
  const by = (change: ChangeSubscription) => async (subscription: Subscription, signal: AbortSignal) => {
    const version = await nextVersion(subscription, signal)
    return change({ ...subscription, version, now: now() }, signal)
  }
  return { subscribe: by(startSubscription), unsubscribe: by(endSubscription) }
}

export interface SubscriberPage {
  readonly subscribers: readonly Subscriber[]
  /** The last user that was read, if there may be more. */
  readonly next?: string
}

/** Reads subscribers by name, including those who left recently. */
export type ReadSubscribers = (
  page: Omit<Subscription, 'user'> & { readonly after: string | null; readonly limit: number },
  signal: AbortSignal,
) => Promise<SubscriberPage>
