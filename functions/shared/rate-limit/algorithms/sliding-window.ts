import type { Item } from '../../data/conditional-write.ts'
import type { Algorithm, Snapshot, TimedCheck } from './types.ts'
import { attributeOf, countOf, removeOldWindows, type Window, windowAt } from './windows.ts'

/**
 * Admits at most `limit` of the weighted window: this window's count, and the part of the previous one's that is still
 * in view, rounded up.
 *
 * - The item has a count for each window, `m_<number>`.
 * - The condition has two parts, because conditions have no arithmetic and the weight is computed here: the previous
 *   count is no more than it is assumed to be, and this window's count is no more than that leaves room for. Together
 *   they are the guarantee itself, whatever is assumed: too little is refused by the first part, too much only narrows
 *   the second.
 * - A refusal brings both counts. If they deny the cost, it is final. Otherwise the previous count was assumed wrong, and
 *   one corrective write assumes the count that was read. The refused write charged nothing, and the second one has its
 *   own condition.
 */
export const slidingWindow: Algorithm = {
  judge(item, check) {
    const { policy, cost, now } = check
    const window = windowAt(policy, now)
    const current = countOf(item, window.number)
    const room = policy.limit - current - inView(countOf(item, window.number - 1), window, now)
    const allowed = cost <= room
    const retryAfterMs = allowed ? 0 : waitMs(item, check, window)
    // Whatever was charged in this window is out of view when the next one ends.
    const { endMs } = current > 0 ? windowAt(policy, window.endMs) : window
    return { allowed, remaining: Math.max(0, room), resetMs: endMs - now, retryAfterMs }
  },
  plan(snapshot, check) {
    const { policy, cost, now } = check
    const window = windowAt(policy, now)
    const item = snapshot?.item ?? {}
    const assumed = assumedPrevious(snapshot, check, window)
    const [count, previous] = [attributeOf(window.number), attributeOf(window.number - 1)]
    const room = policy.limit - cost - inView(assumed, window, now)
    const next = windowAt(policy, window.endMs)
    return {
      condition: `(attribute_not_exists(${previous}) OR ${previous} <= :previous) AND (attribute_not_exists(${count}) OR ${count} <= :room)`,
      update: `ADD ${count} :cost${removeOldWindows(item, window.number)}`,
      values: { ':previous': { N: String(assumed) }, ':room': { N: String(room) }, ':cost': { N: String(cost) } },
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
  return mulDivCeil(previous, endMs - now, endMs - startMs)
}

/**
 * Assumes the previous window's count. It is known when the snapshot is of this window, and only clocks that are behind
 * change it then. Otherwise half the limit fits most subjects, and a snapshot with more has more.
 *
 * The assumption is never more than could pass: beyond, the room would be negative, and a missing count fits in there.
 */
function assumedPrevious(snapshot: Snapshot | undefined, { policy, cost, now }: TimedCheck, window: Window): number {
  const { number, startMs, endMs } = window
  const counted = snapshot ? countOf(snapshot.item, number - 1) : 0
  const isKnown = snapshot !== undefined && windowAt(policy, snapshot.at).number === number
  const most = mulDivFloor(policy.limit - cost, endMs - startMs, endMs - now)
  return Math.min(most, isKnown ? counted : Math.max(counted, Math.floor(policy.limit / 2)))
}

/**
 * Computes when there is room, if nobody else comes: later in this window, or in the next one when this window's count
 * alone is too much.
 */
function waitMs(item: Item, { policy, cost, now }: TimedCheck, window: Window): number | null {
  if (cost > policy.limit) return null
  const current = countOf(item, window.number)
  const room = policy.limit - cost - current
  const [counted, fits, view] =
    room >= 0
      ? [countOf(item, window.number - 1), room, window]
      : [current, policy.limit - cost, windowAt(policy, window.endMs)]
  return view.endMs - mulDivFloor(fits, view.endMs - view.startMs, counted) - now
}

/** Computes `a * b / c`, rounded down, without the rounding of floating point. All are whole; `c` is above 0. */
function mulDivFloor(a: number, b: number, c: number): number {
  return Number((BigInt(a) * BigInt(b)) / BigInt(c))
}

/** Computes `a * b / c` as `mulDivFloor` does, but rounded up. */
function mulDivCeil(a: number, b: number, c: number): number {
  return Number((BigInt(a) * BigInt(b) + BigInt(c) - 1n) / BigInt(c))
}
