import { localLimit } from './on-error.ts'
import type { WindowPolicy } from './policy.ts'
import { windowAt } from './window-clock.ts'

/** Counts of one environment, for while the table is out of reach. */
export interface LocalCounts {
  /** What a policy's subject has left in this window, and when it ends (from now). */
  left: (pk: string, policy: WindowPolicy) => { remaining: number; resetMs: number }
  charge: (pk: string, policy: WindowPolicy, cost: number) => void
}

/** An outage with more subjects than this in their windows lets no further ones in. */
const MAX_SUBJECTS = 10_000

/** A tenth of the limit, in fixed windows whatever the policy's algorithm. @param now milliseconds since the epoch. */
export function localCounts(now: () => number): LocalCounts {
  const counts = new Map<string, { count: number; endMs: number }>()
  const hasRoom = (pk: string) => {
    if (counts.has(pk) || counts.size < MAX_SUBJECTS) return true
    for (const [each, { endMs }] of counts) if (endMs <= now()) counts.delete(each)
    return counts.size < MAX_SUBJECTS
  }
  const countOf = (pk: string) => {
    const known = counts.get(pk)
    return known && known.endMs > now() ? known.count : 0
  }
  return {
    left(pk, policy) {
      const { endMs } = windowAt(policy, now())
      const limit = hasRoom(pk) ? localLimit(policy) : 0
      return { remaining: Math.max(0, limit - countOf(pk)), resetMs: endMs - now() }
    },
    charge(pk, policy, cost) {
      counts.set(pk, { count: countOf(pk) + cost, endMs: windowAt(policy, now()).endMs })
    },
  }
}
