import type { Item } from '../../data/conditional-write.ts'
import { boundedMap } from './bounded-map.ts'

/** A denial, with the counter's item that denied. */
export interface Denial {
  readonly item: Item
  /** The cost that was denied. */
  readonly cost: number
  /** The deciding clock, in milliseconds since the epoch. */
  readonly at: number
  /** `null` for a cost that never passes, which needs no cache. */
  readonly retryAfterMs: number | null
}

export interface DenialCache {
  /** Returns the item that still denies this cost, as far as this environment knows. */
  find: (pk: string, check: { cost: number; now: number }) => Item | undefined
  keep: (pk: string, denial: Denial) => void
}

/** A refund, a reset or a changed policy takes effect after this at the latest. */
const KEPT_MS = 1000
const MAX_DENIALS = 10_000

/**
 * Creates an environment's cache of denials: another check of at least the same cost is denied without a call, until
 * that cost could pass. A check of a lower cost may pass.
 */
export function denialCache(): DenialCache {
  const denials = boundedMap<{ item: Item; cost: number; at: number; until: number }>(MAX_DENIALS)
  return {
    find(pk, { cost, now }) {
      const denial = denials.get(pk)
      // A clock that was set back ends it, too.
      if (!denial || now < denial.at || now >= denial.until) return undefined
      return cost >= denial.cost ? denial.item : undefined
    },
    keep(pk, { item, cost, at, retryAfterMs }) {
      denials.set(pk, { item, cost, at, until: at + Math.min(KEPT_MS, Number(retryAfterMs)) })
    },
  }
}
