import type { DynamoDB } from '../data/dynamodb.ts'
import { checkRange } from '../resilience/policy.ts'
import { timeout } from '../resilience/timeout.ts'
import type { StartTimer } from '../resilience/timer.ts'
import type { Logger } from '../telemetry/logger.ts'
import { type AnswerOptions, answering } from './counters/answer.ts'
import type { Counters } from './counters/counter.ts'
import { denialCache, recent } from './counters/recent.ts'
import { type Answer, toDecision } from './decision.ts'
import { checkAsked } from './policies/check-policy.ts'
import { resolveCheck } from './policies/resolve-check.ts'
import type { Limit } from './policy.ts'

export interface LimiterOptions {
  dynamodb: DynamoDB
  /** With `pk`, `sk` and `ttl`: the system's own. */
  tableName: string
  /** Milliseconds since the epoch, whole. */
  now: () => number
  /** From 0 up to, but not, 1. */
  random: () => number
  startTimer: StartTimer
  /**
   * For a decision. The block that a denial starts gets as much again, and so do shadow policies, which come after it.
   * The local cloud needs 1,000, the most.
   *
   * @default 50
   */
  budgetMs?: number
  onDegraded?: AnswerOptions['onDegraded']
}

const BUDGET_MS = 50
/** A write that takes longer may find its window's count cleared away. */
const MAX_BUDGET_MS = 1000
/** What an environment remembers of counters: a hint each, without which a decision may take a write more. */
const MAX_SIGHTS = 10_000

/**
 * Decides how often subjects may do something, by counters in a DynamoDB table that all environments share. Build it
 * once an environment: it remembers denials, and how it last saw a counter.
 *
 * - One check takes one write, denied or not. Several, or a policy with a parent, take a read and one transaction; if
 *   denied, the read only. A denial that is known takes nothing.
 * - Charged is all or nothing; a denial charges nothing. What takes longer than the budget is `degraded`: each policy's
 *   `onError` decides, and it may have been charged.
 * - Windows are those of the deciding environment's clock.
 *
 * @throws RangeError for a budget or a policy, AppError `invalid-input` for a check that is out of range. Nothing else.
 */
export function createLimiter({ budgetMs = BUDGET_MS, onDegraded, ...options }: LimiterOptions): Limit {
  checkRange({ budgetMs }, 1, MAX_BUDGET_MS)
  const counters: Counters = { ...options, sights: recent(MAX_SIGHTS), denials: denialCache() }
  const budget = timeout({ ms: budgetMs, startTimer: options.startTimer })
  const answer = answering({ counters, budget, onDegraded })

  return async (checks, signal) => {
    checkAsked(checks)
    const resolved = checks.map((check) => ({ check, ...resolveCheck(check) }))
    const isDenied = resolved.some((each) => each.isDenied)
    const groups = resolved.map(({ enforced }) => enforced).filter(({ length }) => length > 0)
    const answers = await answer({ groups, isLook: isDenied }, signal)
    const allowed = !isDenied && [...answers.values()].every(({ ruling }) => ruling.allowed)
    // A policy on trial is asked for all checks at once, as it would be if it were none; and never with another one.
    const trials = Map.groupBy(
      resolved.flatMap(({ shadows }) => shadows),
      ([link]) => link?.policy.name,
    )
    const tried = await Promise.all(
      [...trials.values()].map((each) => answer({ groups: each, isLook: !allowed }, signal)),
    )
    const trialOf = new Map(tried.flatMap((each) => [...each]))
    const decisions = resolved.map(({ check, ...each }) => {
      const shadows = each.shadows.map((group) => trialOf.get(group) as Answer)
      return toDecision(check, { ...each, enforced: answers.get(each.enforced), shadows })
    })
    return { allowed, decisions }
  }
}

/** Logs, for `onDegraded`, that a policy's `onError` decided, and why. */
export function logDegraded(logger: Logger): NonNullable<LimiterOptions['onDegraded']> {
  return ({ policy, error }) => logger.warn('rate limit degraded', { policy, error })
}
