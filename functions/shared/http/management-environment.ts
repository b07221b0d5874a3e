import type { Tenancy } from '../auth/principal.ts'
import type { Clock } from '../clock.ts'
import { requiredEnv, tenancyOfEnvironment } from '../config/env.ts'
import { createIdempotencyStore } from '../data/idempotency-store.ts'
import type { Table } from '../data/table.ts'
import type { Runtime } from '../runtime.ts'
import type { Keys } from '../secrets/secrets.ts'
import { keysOfEnvironment } from '../secrets/secrets-manager-reader.ts'
import type { IdempotencyOptions } from './idempotency.ts'

/** The options that the routes of every management API take. */
export interface ManagementEnvironment {
  now: Clock
  keys: Keys
  operations: Pick<IdempotencyOptions, 'store' | 'leaseMs'>
  tenancy: Tenancy
  /** The writes of a tenant per second. */
  perSecond: number
  /** The routes of the stack, by which unmatched requests are answered. */
  routeKeys: readonly string[]
}

/**
 * Reads those options from the variables that the stack passes to its management function.
 *
 * @throws Error when one of them is missing.
 */
export function managementOfEnvironment(
  runtime: Pick<Runtime, 'now' | 'random'> & { table: Table },
): ManagementEnvironment {
  return {
    now: runtime.now,
    keys: keysOfEnvironment(runtime),
    // An operation outlives the invocation that runs it by a second, and may then be taken over.
    operations: { store: createIdempotencyStore(runtime.table), leaseMs: Number(requiredEnv('TIMEOUT_MS')) + 1000 },
    tenancy: tenancyOfEnvironment(),
    perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
    routeKeys: requiredEnv('HTTP_ROUTES').split(','),
  }
}
