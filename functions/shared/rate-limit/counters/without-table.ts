import { neverPasses } from '../algorithms/algorithm.ts'
import type { LocalCounts } from '../local-counts.ts'
import { onErrorOf, RETRY_MS } from '../on-error.ts'
import type { Link } from './counter.ts'
import { type Ask, addUp, type Group } from './look.ts'
import { type Ruling, UNCHARGED } from './ruling.ts'

/**
 * Decides when the table can't, by each policy's `onError`: a check is denied if one of its policies is closed; else
 * those that are local have to have room; else it passes. What is above a limit never passes, whatever `onError` is.
 * Local counts are charged when all checks pass.
 *
 * Call it within one step of the event loop: nothing may come between look and charge.
 */
export function decideWithoutTable(counts: LocalCounts, groups: readonly Group[]): readonly Ruling[] {
  const denials = addUp(groups).map((group) => denialOf(counts, group))
  if (denials.every((denial) => denial === undefined)) {
    for (const { policy, pk, cost, peek } of groups.flat()) {
      if (policy.onError === 'local' && !peek) counts.charge(pk, policy, cost)
    }
  }
  return groups.map((group, index) => denials[index] ?? passed(counts, group))
}

function denialOf(counts: LocalCounts, group: readonly Ask[]): Ruling | undefined {
  if (group.some(({ policy, total }) => neverPasses({ policy, cost: total }))) return denied(0, null)
  if (group.some(({ policy }) => onErrorOf(policy) === 'closed')) return denied(RETRY_MS, RETRY_MS)
  for (const { policy, pk, total } of group) {
    if (policy.onError !== 'local') continue
    const { remaining, resetMs } = counts.left(pk, policy)
    if (total > remaining) return { ...denied(resetMs, resetMs), remaining }
  }
  return undefined
}

/** The tightest says what is left. */
function passed(counts: LocalCounts, group: Group): Ruling {
  const tightest = group
    .map((link) => leftOf(counts, link))
    .reduce((least, each) => (each.remaining < least.remaining ? each : least))
  return { ...tightest, allowed: true, retryAfterMs: 0, source: 'store', ...UNCHARGED }
}

/** Nobody counts what is open. */
function leftOf(counts: LocalCounts, { policy, pk }: Link) {
  return policy.onError === 'local' ? counts.left(pk, policy) : { remaining: policy.limit, resetMs: 0 }
}

function denied(resetMs: number, retryAfterMs: number | null): Ruling {
  return { allowed: false, remaining: 0, resetMs, retryAfterMs, source: 'store', ...UNCHARGED }
}
