import { requiredEnv } from '../config/env.ts'
import { type LeaseLock, leaseLock } from '../resilience/lease-lock.ts'
import type { Runtime } from '../runtime.ts'
import { createLeaseStore, type LeaseStoreOptions } from './lease-store.ts'
import type { Table } from './table.ts'

type LeaseRuntime = Pick<Runtime, 'logger' | 'newId' | 'now' | 'startTimer'> & { table: Table }

/**
 * Creates a lock in the function's own table, whose leases outlive an invocation that is killed by a second: the stack
 * names the function's timeout in `TIMEOUT_MS`.
 *
 * @throws Error when the variable is missing.
 */
export function leaseLockOfEnvironment(
  { table, logger, newId, now, startTimer }: LeaseRuntime,
  { keptMs }: Pick<LeaseStoreOptions, 'keptMs'>,
): LeaseLock {
  return leaseLock({
    store: createLeaseStore({ ...table, keptMs }),
    leaseMs: Number(requiredEnv('TIMEOUT_MS')) + 1000,
    newHolder: newId,
    now,
    startTimer,
    onReleaseFailed: (error) => logger.warn('lease not released', { error }),
  })
}
