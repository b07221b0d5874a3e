import type { Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import { retry } from '../resilience/retry.ts'
import type { StartTimer } from '../resilience/timer.ts'
import type { Table } from './table.ts'
import { isPassing, type Transaction, type TransactOutcome, transact } from './transact.ts'

export interface TransactWhenFreeOptions extends Pick<Table, 'client'> {
  random: Random
  startTimer: StartTimer
}

/** Builds a transaction anew for each try, with another token, if it has one. */
export type PlanTransaction = () => Transaction

/** Writes several items or none; what is `cancelled` has a condition that failed. */
export type TransactWhenFree = (plan: PlanTransaction, signal: AbortSignal) => Promise<TransactOutcome>

/** The pauses add up to 0.3 s at most. */
const TRIES = { maxAttempts: 5, baseMs: 20, capMs: 300 }

/**
 * Creates transactions that are sent again, after a short random pause, while other requests write the same items.
 *
 * @throws what `transact` throws; AppError (retryable) `conflict` when every try conflicts with other requests.
 */
export function createTransactWhenFree({ client, random, startTimer }: TransactWhenFreeOptions): TransactWhenFree {
  const untilItIsFree = retry({ ...TRIES, random, startTimer })
  return (plan, signal) =>
    untilItIsFree(async (inner) => {
      const result = await transact(client, plan(), { signal: inner })
      if (result.outcome === 'written' || !result.items.some(isPassing)) return result
      throw new AppError('conflict', 'Other requests write the same items', { retryable: true })
    }, signal)
}
