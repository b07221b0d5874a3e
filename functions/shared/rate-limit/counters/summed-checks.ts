import type { Item } from '../../data/conditional-write.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { type CounterCheck, type Counters, judge } from './counter.ts'
import { type CounterVerdict, deny, denyForGood, NO_CHARGE } from './verdict.ts'

/** A check of several counters, its policy's and those of its parents: it passes if all of them do. */
export type CompoundCheck = readonly CounterCheck[]

/** A counter's check within a request: checks of the same counter add up. */
export interface SummedCheck extends CounterCheck {
  /** The cost of this check and of all before it on the same counter. */
  readonly total: number
  /** The same without checks that peek. */
  readonly charged: number
}

export function addUp(checks: readonly CompoundCheck[]): SummedCheck[][] {
  const sums = new Map<string, { total: number; charged: number }>()
  return checks.map((check) =>
    check.map((part) => {
      const { total, charged } = sums.get(part.pk) ?? { total: 0, charged: 0 }
      const sum = { total: total + part.cost, charged: charged + (part.peek ? 0 : part.cost) }
      sums.set(part.pk, sum)
      return { ...part, ...sum }
    }),
  )
}

/** Items of counters by partition key, read now or found in the cache of denials. */
export type CounterItems = ReadonlyMap<string, { item: Item; isCached: boolean }>

/** Counters as they were read, and the deciding clock. */
export interface Reading {
  readonly items: CounterItems
  readonly at: number
}

/** Judges a check by its counter's item, and caches a denial. */
export function judgeCheck(counters: Counters, summed: SummedCheck, { items, at }: Reading): CounterVerdict {
  const { item, isCached } = items.get(summed.pk) ?? { item: {}, isCached: false }
  const check = { policy: summed.policy, cost: summed.total, now: at }
  if (neverPasses(check)) return denyForGood(item, check)
  const verdict = judge(item, check)
  if (!verdict.allowed) {
    const mayBlock = !summed.peek && !judge(item, { ...check, cost: summed.charged }).allowed
    return deny(counters, summed.pk, { check, item, isCached, mayBlock })
  }
  return { ...verdict, source: isCached ? 'cache' : 'store', ...NO_CHARGE }
}

/** Combines the verdicts of a check's counters: the tightest tells what remains, the slowest when to retry. */
export function combine(verdicts: readonly CounterVerdict[]): CounterVerdict {
  const tightest = verdicts.reduce((least, each) => (each.remaining < least.remaining ? each : least))
  const waits = verdicts.map(({ retryAfterMs }) => retryAfterMs)
  return {
    ...tightest,
    allowed: verdicts.every(({ allowed }) => allowed),
    retryAfterMs: waits.some((wait) => wait === null) ? null : Math.max(...waits.map(Number)),
    source: verdicts.some(({ source }) => source === 'cache') ? 'cache' : 'store',
    charges: verdicts.flatMap(({ charges }) => charges),
    blocks: verdicts.flatMap(({ blocks }) => blocks),
  }
}
