import type { Algorithm } from './types.ts'
import { attributeOf, countOf, removeOldWindows, windowAt } from './windows.ts'

/**
 * Admits at most `limit` in each window.
 *
 * - The item has a count for each window, `m_<number>`.
 * - The condition is that this window's count leaves room for the cost. DynamoDB checks it and adds in one step, so that
 *   the count never passes the limit, however many write at once.
 * - A refusal is final: the item that comes with it had no room at the very moment of the refusal. There is no second
 *   write, and an old snapshot does no harm.
 */
export const fixedWindow: Algorithm = {
  judge(item, { policy, cost, now }) {
    const { number, endMs } = windowAt(policy, now)
    const room = policy.limit - countOf(item, number)
    const allowed = cost <= room
    const wait = cost > policy.limit ? null : endMs - now
    return { allowed, remaining: Math.max(0, room), resetMs: endMs - now, retryAfterMs: allowed ? 0 : wait }
  },
  plan(snapshot, { policy, cost, now }) {
    const { number, endMs } = windowAt(policy, now)
    const count = attributeOf(number)
    const item = snapshot?.item ?? {}
    return {
      condition: `(attribute_not_exists(${count}) OR ${count} <= :room)`,
      update: `ADD ${count} :cost${removeOldWindows(item, number)}`,
      values: { ':room': { N: String(policy.limit - cost) }, ':cost': { N: String(cost) } },
      attribute: count,
      amount: String(cost),
      value: String(countOf(item, number) + cost),
      until: endMs,
      // A window longer: a clock that is behind must not end the life of the next window's count.
      keptUntil: windowAt(policy, endMs).endMs,
    }
  },
}
