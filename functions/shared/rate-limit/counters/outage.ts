import type { Clock } from '../../clock.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { windowAt } from '../algorithms/windows.ts'
import type { Policy, WindowPolicy } from '../policy.ts'
import type { CounterCheck } from './counter.ts'
import { addUp, type CompoundCheck, type SummedCheck } from './summed-checks.ts'
import { type CounterVerdict, NO_CHARGE } from './verdict.ts'

/** The wait of a subject that is denied because the table can't decide. */
export const RETRY_MS = 1000

/** Returns what decides when the table can't. */
export function onErrorOf({ onError = 'closed' }: Policy): NonNullable<Policy['onError']> {
  return onError
}

/** Returns the limit of a local policy in each environment. */
export function localLimit({ limit }: Policy): number {
  return Math.floor(limit / 10)
}

/** Counts of one environment for the time of an outage. */
export interface LocalCounts {
  /** Returns what remains for a policy's subject in this window, and when the window ends (milliseconds from now). */
  remainderOf: (pk: string, policy: WindowPolicy) => { remaining: number; resetMs: number }
  charge: (pk: string, policy: WindowPolicy, cost: number) => void
}

/** An outage with more subjects than this in their windows admits no further ones. */
const MAX_SUBJECTS = 10_000

/**
 * Counts up to a tenth of the limit, in fixed windows whatever the policy's algorithm.
 *
 * @param now milliseconds since the epoch.
 */
export function localCounts(now: Clock): LocalCounts {
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
    remainderOf(pk, policy) {
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
 * Decides when the table can't, by each policy's `onError`: a check is denied if one of its policies is closed;
 * otherwise it passes if its local policies have room. A cost above a limit never passes, whatever `onError` is. Local
 * counts are charged when all checks pass.
 *
 * Call it within one step of the event loop: nothing may come between reading and charging the local counts.
 */
export function decideWithoutTable(counts: LocalCounts, checks: readonly CompoundCheck[]): readonly CounterVerdict[] {
  const denials = addUp(checks).map((check) => denialOf(counts, check))
  if (denials.every((denial) => denial === undefined)) {
    for (const { policy, pk, cost, peek } of checks.flat()) {
      if (policy.onError === 'local' && !peek) counts.charge(pk, policy, cost)
    }
  }
  return checks.map((check, index) => denials[index] ?? allow(counts, check))
}

function denialOf(counts: LocalCounts, check: readonly SummedCheck[]): CounterVerdict | undefined {
  if (check.some(({ policy, total }) => neverPasses({ policy, cost: total }))) return denial(0, null)
  if (check.some(({ policy }) => onErrorOf(policy) === 'closed')) return denial(RETRY_MS, RETRY_MS)
  for (const { policy, pk, total } of check) {
    if (policy.onError !== 'local') continue
    const { remaining, resetMs } = counts.remainderOf(pk, policy)
    if (total > remaining) return { ...denial(resetMs, resetMs), remaining }
  }
  return undefined
}

/** Allows a check; its tightest counter tells what remains. */
function allow(counts: LocalCounts, check: CompoundCheck): CounterVerdict {
  const tightest = check
    .map((part) => remainderOf(counts, part))
    .reduce((least, each) => (each.remaining < least.remaining ? each : least))
  return { ...tightest, allowed: true, retryAfterMs: 0, source: 'fallback', ...NO_CHARGE }
}

/** Returns what remains for a check. An open policy isn't counted. */
function remainderOf(counts: LocalCounts, { policy, pk }: CounterCheck) {
  return policy.onError === 'local' ? counts.remainderOf(pk, policy) : { remaining: policy.limit, resetMs: 0 }
}

function denial(resetMs: number, retryAfterMs: number | null): CounterVerdict {
  return { allowed: false, remaining: 0, resetMs, retryAfterMs, source: 'fallback', ...NO_CHARGE }
}
