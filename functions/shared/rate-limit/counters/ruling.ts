import type { Item } from '../../data/table.ts'
import type { Asked, Verdict } from '../algorithms/types.ts'
import type { Charge } from '../policy.ts'
import { type Block, blocksOf, type Counters, judge } from './counter.ts'

/** What counters say; `remaining` is what is left after the charges. */
export interface Ruling extends Verdict {
  readonly source: 'store' | 'cache'
  readonly charges: readonly Charge[]
  /** Still to be written: whoever is denied waits for that, so that others know when it is told. */
  readonly blocks: readonly Block[]
}

/** Whatever the item says since: what was charged may pass. */
export const PASSED = { allowed: true, retryAfterMs: 0, source: 'store', blocks: [] } as const

/** Nothing was written, and nothing will be. */
export const UNCHARGED = { charges: [], blocks: [] } as const

/** A denial for good, for which nobody need be asked: the item, as far as it is known, only says what is left. */
export function denyForGood(item: Item, asked: Asked): Ruling {
  return { ...judge(item, asked), allowed: false, retryAfterMs: null, ...UNCHARGED, source: 'cache' }
}

/** The item that is known to deny this still. Under a limit that was raised since, it may not. */
export function knownDenial({ denials }: Counters, pk: string, asked: Asked): Item | undefined {
  const item = denials.find(pk, asked)
  return item && !judge(item, asked).allowed ? item : undefined
}

export interface Denied {
  readonly asked: Asked
  readonly item: Item
  /** Whether this is a denial that was known: it is remembered no longer for that. */
  readonly isCached: boolean
  /** Whether what would be charged is denied: a look blocks nobody. */
  readonly isReal: boolean
}

/** A denial as the item tells it, kept for those who ask again: as it is, for a block begins with the answer. */
export function deny(counters: Counters, pk: string, { asked, item, isCached, isReal }: Denied): Ruling {
  const verdict = judge(item, asked)
  const { retryAfterMs } = verdict
  if (!isCached) counters.denials.keep(pk, { item, cost: asked.cost, at: asked.now, retryAfterMs })
  const blocks = isReal ? blocksOf(pk, asked, item) : []
  const [block] = blocks
  return { ...(block ? judge(block.item, asked) : verdict), source: isCached ? 'cache' : 'store', charges: [], blocks }
}
