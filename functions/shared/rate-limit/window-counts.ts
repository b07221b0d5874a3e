import type { Item } from '../data/conditional-write.ts'

/**
 * A write of a sliding window relies on the count before its own. Whoever removes that one is two whole windows ahead,
 * 2 s at least: a clock that is 500 ms behind, and a write that takes the longest budget, a second, are over by then.
 * Whoever came later would find no count, and begin anew.
 */
const KEPT_WINDOWS = 3
/** DynamoDB takes 4 KB of an expression; what is left goes with the next write. */
const MAX_REMOVED = 25

/** The attribute of a window's count, as in `m_28937`. */
export function attributeOf(number: number): string {
  return `m_${number}`
}

export function countOf(item: Item, number: number): number {
  return Number(item[attributeOf(number)]?.N ?? 0)
}

/** A `REMOVE` of the windows that nobody looks at any more, as far as they were seen, so that the item stays small. */
export function removalOfOld(item: Item, number: number): string {
  const old = Object.keys(item).filter((name) => /^m_\d+$/.test(name) && Number(name.slice(2)) < number - KEPT_WINDOWS)
  return old.length === 0 ? '' : ` REMOVE ${old.slice(0, MAX_REMOVED).join(', ')}`
}
