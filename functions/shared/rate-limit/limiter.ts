import type { Clock, Random } from '../clock.ts'
import type { DynamoDB } from '../data/dynamodb.ts'
import { checkRange } from '../resilience/policy.ts'
import { timeout } from '../resilience/timeout.ts'
import type { StartTimer } from '../resilience/timer.ts'
import type { Logger } from '../telemetry/logger.ts'
import { boundedMap } from './counters/bounded-map.ts'
import type { Counters } from './counters/counter.ts'
import { createDecide, type DecideOptions } from './counters/decide.ts'
import { denialCache } from './counters/denial-cache.ts'
import type { CounterVerdict } from './counters/verdict.ts'
import { toDecision } from './decision.ts'
import { resolveCheck } from './policies/resolve-check.ts'
import { validateChecks } from './policies/validate-policy.ts'
import type { Limit } from './policy.ts'

export interface LimiterOptions {
  dynamodb: DynamoDB
  /** The system's own table, with `pk`, `sk` and `ttl`. */
  tableName: string
  now: Clock
  random: Random
  startTimer: StartTimer
  /**
   * Milliseconds for a decision, up to 1,000, which the local cloud needs. The block that a denial starts gets as much
   * again, and so do shadow policies, which are decided after the enforced ones.
   *
   * @default 50
   */
  budgetMs?: number
  onDegraded?: DecideOptions['onDegraded']
}

const BUDGET_MS = 50
/** A write that takes longer may find its window's count cleared away. */
const MAX_BUDGET_MS = 1000
/** Snapshots of counters that an environment keeps: hints, without which a decision may take one more write. */
const MAX_SNAPSHOTS = 10_000

/**
 * Creates a limiter, which decides how often subjects may do something by counters in a DynamoDB table that all
 * environments share. Create one for each environment: it keeps denials and snapshots of counters.
 *
 * - One check takes one write, denied or not. Several checks, or a policy with a parent, take a read and one
 *   transaction; if denied, only the read. A cached denial takes nothing.
 * - All checks are charged, or none; a denial charges nothing. A decision that takes longer than the budget is `degraded`:
 *   each policy's `onError` decides, and it may have been charged.
 * - Windows are those of the deciding environment's clock.
 *
 * @throws RangeError for a budget or a policy, AppError `invalid-input` for a check that is out of range, and nothing
 * else.
 */
export function createLimiter({ budgetMs = BUDGET_MS, onDegraded, ...options }: LimiterOptions): Limit {
  checkRange({ budgetMs }, 1, MAX_BUDGET_MS)
  const counters: Counters = { ...options, snapshots: boundedMap(MAX_SNAPSHOTS), denials: denialCache() }
  const budget = timeout({ ms: budgetMs, startTimer: options.startTimer })
  const decide = createDecide({ counters, budget, onDegraded })

  return async (checks, signal) => {
    validateChecks(checks)
    const resolved = checks.map((check) => ({ check, ...resolveCheck(check) }))
    const isDenied = resolved.some((each) => each.isDenied)
    const enforced = resolved.map((each) => each.enforced).filter(({ length }) => length > 0)
    const verdicts = await decide({ checks: enforced, isPeek: isDenied }, signal)
    const allowed = !isDenied && [...verdicts.values()].every((verdict) => verdict.allowed)
    // A shadow policy decides all checks at once, as it would if it were enforced; and never together with another one.
    const byPolicy = Map.groupBy(
      resolved.flatMap(({ shadows }) => shadows),
      ([check]) => check?.policy.name,
    )
    const shadowVerdicts = await Promise.all(
      [...byPolicy.values()].map((each) => decide({ checks: each, isPeek: !allowed }, signal)),
    )
    const shadowOf = new Map(shadowVerdicts.flatMap((each) => [...each]))
    const decisions = resolved.map(({ check, ...each }) => {
      const shadows = each.shadows.map((shadow) => shadowOf.get(shadow) as CounterVerdict)
      return toDecision(check, { ...each, enforced: verdicts.get(each.enforced), shadows })
    })
    return { allowed, decisions }
  }
}

/** Returns an `onDegraded` that logs that a policy's `onError` decided, and why. */
export function logDegraded(logger: Logger): NonNullable<LimiterOptions['onDegraded']> {
  return ({ policy, error }) => logger.warn('rate limit degraded', { policy, error })
}
