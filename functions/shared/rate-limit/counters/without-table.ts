import { neverPasses } from '../algorithms/algorithm.ts'
import { windowAt } from '../algorithms/windows.ts'
import type { Policy, WindowPolicy } from '../policy.ts'
import type { Link } from './counter.ts'
import { type Ask, addUp, type Group } from './look.ts'
import { type Ruling, UNCHARGED } from './ruling.ts'

/** How long somebody who is denied because nobody can say is to wait. */
export const RETRY_MS = 1000

/** What decides when the table can't. */
export function onErrorOf({ onError = 'closed' }: Policy): NonNullable<Policy['onError']> {
  return onError
}

/** What a local policy lets in, in each environment. */
export function localLimit({ limit }: Policy): number {
  return Math.floor(limit / 10)
}

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
