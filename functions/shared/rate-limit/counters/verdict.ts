import type { Item } from '../../data/table.ts'
import type { TimedCheck, Verdict } from '../algorithms/types.ts'
import type { Charge } from '../policy.ts'
import { type Block, blocksOf, type Counters, judge } from './counter.ts'

/** The verdict of a check's counters; `remaining` is what is left after the charges. */
export interface CounterVerdict extends Verdict {
  /** `fallback`: the table could not decide in time, and the policies' `onError` did. */
  readonly source: 'store' | 'cache' | 'fallback'
  readonly charges: readonly Charge[]
  /** Blocks that are still to be written: the denial is answered after that, so that all environments know of it. */
  readonly blocks: readonly Block[]
}

/** The verdict on a cost that was charged, whatever the item has become since. */
export const ALLOWED = { allowed: true, retryAfterMs: 0, source: 'store', blocks: [] } as const

/** The part of a verdict that charges nothing and starts no block. */
export const NO_CHARGE = { charges: [], blocks: [] } as const

/** Denies a cost that never passes, without a read. The item, as far as it is known, only tells what is left. */
export function denyForGood(item: Item, check: TimedCheck): CounterVerdict {
  return { ...judge(item, check), allowed: false, retryAfterMs: null, ...NO_CHARGE, source: 'cache' }
}

/** Finds the cached item that still denies a check. Under a limit that was raised since, it may not. */
export function cachedDenial({ denials }: Counters, pk: string, check: TimedCheck): Item | undefined {
  const item = denials.find(pk, check)
  return item && !judge(item, check).allowed ? item : undefined
}

export interface DeniedCheck {
  readonly check: TimedCheck
  readonly item: Item
  /** True if the cache denied: the cached denial then lives no longer. */
  readonly isCached: boolean
  /** True if the cost that would be charged is denied. A peek starts no block. */
  readonly mayBlock: boolean
}

/**
 * Denies a check as its item tells, and caches the denial. The item is cached without the block, which is cached when it
 * is written.
 */
export function deny(counters: Counters, pk: string, { check, item, isCached, mayBlock }: DeniedCheck): CounterVerdict {
  const verdict = judge(item, check)
  const { retryAfterMs } = verdict
  if (!isCached) counters.denials.keep(pk, { item, cost: check.cost, at: check.now, retryAfterMs })
  const blocks = mayBlock ? blocksOf(pk, check, item) : []
  const [block] = blocks
  return { ...(block ? judge(block.item, check) : verdict), source: isCached ? 'cache' : 'store', charges: [], blocks }
}
