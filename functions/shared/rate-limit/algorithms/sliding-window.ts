import type { Item } from '../../data/table.ts'
import { ceilOf, floorOf } from './exact-division.ts'
import type { Algorithm, Asked, Sight } from './types.ts'
import { attributeOf, countOf, removalOfOld, type Window, windowAt } from './windows.ts'

/**
 * At most `limit` of the weighted window: this window's count, and the previous one's by the part of it that is still in
 * view, rounded up.
 *
 * - In the item: a count for each window, `m_<number>`.
 * - The condition: the previous count is no more than it is taken to be (conditions have no arithmetic, so that the
 *   weight is computed here), and this window's count is no more than that leaves room for. Together they are the
 *   guarantee itself, whatever is taken: too little is refused by the first part, too much only narrows the second.
 * - A refusal brings both counts. Do they say no, it is final. Else the previous count was taken wrong: one corrective
 *   write takes it as it was seen. The refused one charged nothing, and the second stands on its own condition.
 */
export const slidingWindow: Algorithm = {
  judge(item, asked) {
    const { policy, cost, now } = asked
    const window = windowAt(policy, now)
    const current = countOf(item, window.number)
    const room = policy.limit - current - inView(countOf(item, window.number - 1), window, now)
    const allowed = cost <= room
    const retryAfterMs = allowed ? 0 : waitMs(item, asked, window)
    // Whatever was charged in this window is out of view when the next one ends.
    const { endMs } = current > 0 ? windowAt(policy, window.endMs) : window
    return { allowed, remaining: Math.max(0, room), resetMs: endMs - now, retryAfterMs }
  },
  plan(seen, asked) {
    const { policy, cost, now } = asked
    const window = windowAt(policy, now)
    const item = seen?.item ?? {}
    const taken = takenPrevious(seen, asked, window)
    const [count, previous] = [attributeOf(window.number), attributeOf(window.number - 1)]
    const room = policy.limit - cost - inView(taken, window, now)
    const next = windowAt(policy, window.endMs)
    return {
      condition: `(attribute_not_exists(${previous}) OR ${previous} <= :previous) AND (attribute_not_exists(${count}) OR ${count} <= :room)`,
      update: `ADD ${count} :cost${removalOfOld(item, window.number)}`,
      values: { ':previous': { N: String(taken) }, ':room': { N: String(room) }, ':cost': { N: String(cost) } },
      attribute: count,
      amount: String(cost),
      value: String(countOf(item, window.number) + cost),
      until: window.endMs,
      // This count is in view for the whole next window; one longer for clocks that are behind.
      keptUntil: windowAt(policy, next.endMs).endMs,
    }
  },
}

function inView(previous: number, { startMs, endMs }: Window, now: number): number {
  return ceilOf(previous, endMs - now, endMs - startMs)
}

/**
 * What to take the previous count for. It is known when the item was seen within this window, and only clocks that are
 * behind change it then. Else half the limit fits most subjects, and who was seen with more has more.
 *
 * Never more than could pass: beyond, the room would be less than nothing, and a count that isn't there fits in there.
 */
function takenPrevious(seen: Sight | undefined, { policy, cost, now }: Asked, window: Window): number {
  const { number, startMs, endMs } = window
  const counted = seen ? countOf(seen.item, number - 1) : 0
  const isKnown = seen !== undefined && windowAt(policy, seen.at).number === number
  const most = floorOf(policy.limit - cost, endMs - startMs, endMs - now)
  return Math.min(most, isKnown ? counted : Math.max(counted, Math.floor(policy.limit / 2)))
}

/** Until there is room, if nobody else comes: later in this window, or, when this count alone is too much, in the next. */
function waitMs(item: Item, { policy, cost, now }: Asked, window: Window): number | null {
  if (cost > policy.limit) return null
  const current = countOf(item, window.number)
  const room = policy.limit - cost - current
  const [counted, fits, view] =
    room >= 0
      ? [countOf(item, window.number - 1), room, window]
      : [current, policy.limit - cost, windowAt(policy, window.endMs)]
  return view.endMs - floorOf(fits, view.endMs - view.startMs, counted) - now
}
