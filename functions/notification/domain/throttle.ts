import type { Throttle, Throttled } from './category.ts'

/** A notification that counts against a throttle. */
export interface Counted {
  readonly notificationId: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface ThrottleDecision {
  readonly throttled: Throttled
  /** The entries that count from now on, the oldest first; `undefined` if nothing changes. */
  readonly log?: readonly Counted[]
}

/**
 * Decides whether a notification is within a throttle, by a log of those that were: exact for every window, where
 * counters would be right for most of them. A notification that is in the log counts once, however often it is asked.
 */
export function decideThrottle(
  log: readonly Counted[],
  { notificationId, throttle, now }: { notificationId: string; throttle: Throttle; now: number },
): ThrottleDecision {
  const { limit, windowMs } = throttle
  const counted = log.filter(({ at }) => at > now - windowMs)
  if (counted.some((each) => each.notificationId === notificationId)) return { throttled: { outcome: 'allowed' } }
  const oldest = counted.at(-limit)
  // Once the oldest of the last `limit` leaves the window, there is room.
  if (oldest) return { throttled: { outcome: 'over', retryAt: oldest.at + windowMs } }
  // A clock that is behind another one's must not disturb the order.
  const at = Math.max(now, counted.at(-1)?.at ?? 0)
  return { throttled: { outcome: 'allowed' }, log: [...counted, { notificationId, at }] }
}
