import type { DecisionKey } from '../../shared/rate-limit/refunds/decision-key.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { DecideChecksDeps } from './decide-checks.ts'

export interface StoreKeyOptions {
  key: Pick<DecisionKey, 'store'>
  /** The time of a decision, in milliseconds. */
  budgetMs: number
  startTimer: StartTimer
}

/**
 * Stores the environment's key within the time of a decision. A table that fails must not deny by that: the next request
 * tries again, and then the decisions before it can be refunded, too.
 */
export function storeKey({ key, budgetMs, startTimer }: StoreKeyOptions): DecideChecksDeps['prepare'] {
  const inTime = timeout({ ms: budgetMs, startTimer })
  return async (signal) => {
    await inTime((inner) => key.store(inner), signal).catch(() => undefined)
  }
}
