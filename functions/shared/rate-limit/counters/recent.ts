import type { Item } from '../../data/table.ts'

/** A counter's item as it was when it said no. */
export interface Denial {
  readonly item: Item
  /** The cost that was denied, and by which clock. */
  readonly cost: number
  readonly at: number
  /** What never passes (`null`) needs no memory. */
  readonly retryAfterMs: number | null
}

export interface DenialCache {
  /** The item that denies this cost still, as far as is known. */
  find: (pk: string, asked: { cost: number; now: number }) => Item | undefined
  keep: (pk: string, denial: Denial) => void
}

/** A refund, a reset or a changed policy is heeded after this at the latest. */
const KEPT_MS = 1000
const MAX_DENIALS = 10_000

/**
 * Denials of one environment: whoever asks again for as much, before it could pass, is denied without a call. Who asks
 * for less may pass.
 */
export function denialCache(): DenialCache {
  const denials = recent<{ item: Item; cost: number; at: number; until: number }>(MAX_DENIALS)
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

/** What an environment knows of the last `max` keys that it had to do with. */
export interface Recent<V> {
  get: (key: string) => V | undefined
  set: (key: string, value: V) => void
}

export function recent<V>(max: number): Recent<V> {
  /** The one that was set longest ago comes first. */
  const entries = new Map<string, V>()
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      for (const oldest of entries.keys()) {
        if (entries.size <= max) return
        entries.delete(oldest)
      }
    },
  }
}
