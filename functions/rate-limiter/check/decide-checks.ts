import type { Cause } from '../../shared/events/event.ts'
import type { Check, Decided, Limit } from '../../shared/rate-limit/policy.ts'
import type { SignDecision } from '../../shared/rate-limit/refunds/decision-id.ts'
import type { FindPolicy } from '../policy-book.ts'
import type { NamedCheck } from './check-body.ts'

/** The decisions of one request, for metrics and reports. */
export interface DecisionsMade {
  readonly tenant: string
  /** In the order of the decisions. */
  readonly checks: readonly Check[]
  readonly decided: Decided
  readonly cause: Cause
}

export type DecideResult =
  | {
      outcome: 'decided'
      decided: Decided
      checks: readonly Check[]
      /** One for each decision, for a refund. */
      decisionIds: readonly string[]
    }
  /** `indexes` are those of the checks that are in the way. */
  | { outcome: 'unknown-policy' | 'concurrency' | 'not-composable'; indexes: readonly number[] }

export interface DecideChecksDeps {
  find: FindPolicy
  limit: Limit
  sign: SignDecision
  /** Makes sure that what is signed can be refunded. It runs while policies are read, and must not reject. */
  prepare: (signal: AbortSignal) => Promise<void>
  /** Hears of every decision, and delays none: it must not throw. */
  onDecided: (made: DecisionsMade) => void
  /** Hears of every decision, too: the answer waits for it, and it must not reject. */
  report: (made: DecisionsMade, signal: AbortSignal) => Promise<void>
}

export type DecideChecks = (
  input: { tenant: string; checks: readonly NamedCheck[]; cause: Cause },
  signal: AbortSignal,
) => Promise<DecideResult>

/**
 * Decides several checks by the policies that they name: all pass, or none is charged.
 *
 * @throws AppError (retryable) where policies can't be read: nothing is charged then.
 */
export function decideChecks({ find, limit, sign, prepare, onDecided, report }: DecideChecksDeps): DecideChecks {
  return async ({ tenant, checks: named, cause }, signal) => {
    const [policies] = await Promise.all([
      Promise.all(named.map(({ policy, subject }) => find({ tenant, name: policy, subject }, signal))),
      prepare(signal),
    ])
    const indexesOf = (isWrong: (policy: (typeof policies)[number]) => boolean) =>
      policies.flatMap((policy, index) => (isWrong(policy) ? [index] : []))
    const unknown = indexesOf((policy) => policy === undefined)
    if (unknown.length > 0) return { outcome: 'unknown-policy', indexes: unknown }
    const concurrency = indexesOf((policy) => policy?.algorithm === 'concurrency')
    if (concurrency.length > 0) return { outcome: 'concurrency', indexes: concurrency }
    const checks = policies.flatMap((policy, index): Check[] => {
      const { subject = '', cost = 1, peek = false } = named[index] ?? {}
      return policy && policy.algorithm !== 'concurrency' ? [{ policy, subject, cost, peek }] : []
    })
    const sharded = checks.flatMap(({ policy: { shards = 1 } }, index) => (shards > 1 ? [index] : []))
    if (checks.length > 1 && sharded.length > 0) return { outcome: 'not-composable', indexes: sharded }

    const decided = await limit(checks, signal)
    const made = { tenant, checks, decided, cause }
    onDecided(made)
    const decisionIds = decided.decisions.map(({ charges }) => sign(charges))
    await report(made, signal)
    return { outcome: 'decided', decided, checks, decisionIds }
  }
}
