import { windowAt } from '../../shared/rate-limit/algorithms/windows.ts'
import type { Charge, WindowPolicy } from '../../shared/rate-limit/policy.ts'
import type { Neared } from '../domain/neared.ts'
import type { DecisionsMade } from './decide-checks.ts'

/** The share of a limit from which on it is neared, in percent. */
const NEARED_PERCENT = 80
const YEAR_MS = 366 * 86_400_000

type Level = NonNullable<Charge['after']>

/**
 * Lists the limits that a request brought to 80 % or used up, the parents' among them. Using up counts, too: a second
 * chance, should the decision that reached 80 % be degraded. A shadow policy is never neared, because it limits nobody.
 */
export function nearedLimits({ tenant, decided }: DecisionsMade): Neared[] {
  return levelsOf(decided.decisions.flatMap(({ charges }) => charges)).flatMap(({ level, cost }): Neared[] => {
    const { policy, subject, remaining, at } = level
    const limit = capacityOf(policy)
    const used = limit - Math.max(0, remaining)
    const isFrom = (amount: number) => amount * 100 >= limit * NEARED_PERCENT
    if (policy.mode === 'shadow' || !isFrom(used)) return []
    if (isFrom(used - cost) && used < limit) return []
    return [{ tenant, policy: policy.name, subject, limit, used, ...periodOf(policy, at) }]
  })
}

/** Returns each charged counter once, with all that was charged to it: checks of one request may share counters. */
function levelsOf(charges: readonly Charge[]): { level: Level; cost: number }[] {
  const levels = new Map<string, { level: Level; cost: number }>()
  for (const { pk, cost, after } of charges) {
    if (after) levels.set(pk, { level: after, cost: cost + (levels.get(pk)?.cost ?? 0) })
  }
  return [...levels.values()]
}

function capacityOf({ algorithm, limit, burst = limit }: WindowPolicy): number {
  return algorithm === 'token-bucket' ? burst : limit
}

/**
 * Returns the period in which a limit is neared once: the policy's window. A bucket has none: its period is the time in
 * which it refills, in whole windows and at most a year of them.
 */
function periodOf(policy: WindowPolicy, at: number): Pick<Neared, 'startMs' | 'endMs'> {
  const { limit, windowMs = YEAR_MS, calendar } = policy
  const windows = Math.min(Math.ceil(capacityOf(policy) / limit), Math.floor(YEAR_MS / windowMs))
  const { startMs, endMs } = windowAt(calendar ? { calendar } : { windowMs: Math.max(1, windows) * windowMs }, at)
  return { startMs, endMs }
}
