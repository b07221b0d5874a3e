import type { Tenancy } from '../shared/auth/principal.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { limitTenantWrites } from '../shared/rate-limit/http/tenant-writes.ts'
import { withRateLimit } from '../shared/rate-limit/http/with-rate-limit.ts'
import { createLimiter, type LimiterOptions, logDegraded } from '../shared/rate-limit/limiter.ts'
import type { Check, Limit, WindowPolicy } from '../shared/rate-limit/policy.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import type { Logger } from '../shared/telemetry/logger.ts'
import type { ClientOf } from './client-address.ts'

// All limits are sliding windows, which don't admit twice the limit around a window's end.

/**
 * The time limit of a decision in milliseconds. A new environment's first call takes more than the usual 50; an attempt
 * at the table ends then.
 */
export const LIMIT_BUDGET_MS = 1000

type LinkLimitOptions = Pick<LimiterOptions, 'client' | 'tableName' | 'now' | 'random'> & { logger: Logger }

/** Creates the limiter of a function, by counters in the system's own table. */
export function createLinkLimit({ logger, ...options }: LinkLimitOptions): Limit {
  return createLimiter({ ...options, startTimer, budgetMs: LIMIT_BUDGET_MS, onDegraded: logDegraded(logger) })
}

/** The limit of a client's reports. Those that can't be counted are allowed: the write that follows needs the same table. */
export const CLIENT_REPORTS: WindowPolicy = {
  name: 'client-reports',
  algorithm: 'sliding-window',
  limit: 10,
  windowMs: 60_000,
  onError: 'open',
}

/** The limit of stored reports of a code by all clients: see `reportLink`. Others get the same response. */
const CODE_REPORTS: WindowPolicy = { ...CLIENT_REPORTS, name: 'code-reports' }

export function reportsOfCode(limit: Limit) {
  return async (code: string, signal: AbortSignal): Promise<boolean> =>
    (await limit([{ policy: CODE_REPORTS, subject: code }], signal)).allowed
}

/**
 * The limit of a client's password attempts for a link. An attempt that can't be counted is denied: otherwise an outage
 * would be a chance to guess.
 */
const CLIENT_TRIES: WindowPolicy = {
  name: 'unlock-client',
  algorithm: 'sliding-window',
  limit: 5,
  windowMs: 60_000,
  onError: 'closed',
}

/** The limit of all clients' password attempts for a link, against guesses from many addresses. */
const LINK_TRIES: WindowPolicy = {
  name: 'unlock-link',
  algorithm: 'sliding-window',
  limit: 100,
  windowMs: 3_600_000,
  onError: 'closed',
}

/**
 * Builds the two checks of an attempt. They are charged before the password is compared, so correct ones count, too.
 */
export function unlockChecks({ code, client }: { code: string; client: string }): Check[] {
  return [
    { policy: CLIENT_TRIES, subject: `${code}:${client}` },
    { policy: LINK_TRIES, subject: code },
  ]
}

export interface LimitOptions {
  limit: Limit
  clientOf: ClientOf
  tenancy: Tenancy
  /** The writes of a tenant. */
  perSecond: number
}

const REPORT = 'POST /v1/reports'

/**
 * Wraps routes with their limits, which are charged before the work: reports by client, and all other writes by tenant,
 * including future routes.
 */
export function limitRoutes(routes: Record<string, HttpRoute>, options: LimitOptions): Record<string, HttpRoute> {
  const { limit, clientOf, ...writes } = options
  const { [REPORT]: report, ...others } = routes
  return {
    ...(report && { [REPORT]: withRateLimit(report, { limit, policy: CLIENT_REPORTS, subject: clientOf }) }),
    ...limitTenantWrites(others, { limit, ...writes }),
  }
}
