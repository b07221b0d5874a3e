import { AppError } from '../../../functions/shared/errors.ts'
import type { CircuitBreakerOptions } from '../../../functions/shared/resilience/circuit-breaker.ts'
import { isTransient, type Policy } from '../../../functions/shared/resilience/policy.ts'

/** Mistakes that are easily made in a circuit breaker; a test makes each, and the model must find it. */
export type Mistake =
  | 'admits every call while a probe is under way'
  | 'takes late results of an earlier period'
  | 'counts calls that were aborted by their caller'
  | 'keeps its place for a probe that was aborted'
  | 'remembers the failures of an earlier period'
  | 'takes an answer that is an error for a failure'
  | 'never gives up on a failed probe'
  | 'opens for one call too late'

/** A second breaker, of flags and counters and with room for mistakes; without one it keeps to the model too. */
export function naiveBreaker(options: CircuitBreakerOptions, mistake?: Mistake): Policy {
  const { openMs, tripRule, now, onEvent, isFailure = isTransient } = options
  let shouldOpen = tripRule()
  let openedAt: number | undefined
  let probing = false
  let period = 0
  let lastError: unknown

  function open(error: unknown): void {
    openedAt = now()
    lastError = error
    probing = false
    period++
    onEvent?.({ type: 'opened', error, openMs })
  }

  function close(): void {
    if (mistake !== 'remembers the failures of an earlier period') shouldOpen = tripRule()
    openedAt = undefined
    probing = false
    period++
    onEvent?.({ type: 'closed' })
  }

  function refuse(retryAfterMs: number): never {
    onEvent?.({ type: 'rejected', retryAfterMs })
    throw new AppError('circuit-open', 'refused', { retryable: true, cause: lastError })
  }

  function admit(): void {
    if (openedAt === undefined) return
    if (probing && mistake !== 'admits every call while a probe is under way') refuse(0)
    const limit = mistake === 'opens for one call too late' ? openMs + 1 : openMs
    const elapsed = now() - openedAt
    if (!probing && elapsed < limit && elapsed >= 0) refuse(openMs - elapsed)
    if (probing) return
    probing = true
    period++
    onEvent?.({ type: 'half-opened' })
  }

  function settle(begun: number, outcome: { error?: unknown; failed: boolean; aborted: boolean }): void {
    if (begun !== period && mistake !== 'takes late results of an earlier period') return
    if (outcome.aborted && mistake !== 'counts calls that were aborted by their caller') {
      if (probing && mistake !== 'keeps its place for a probe that was aborted') {
        probing = false
        period++
      }
    } else if (probing) {
      if (outcome.failed && mistake !== 'never gives up on a failed probe') open(outcome.error)
      else if (!outcome.failed) close()
    } else if (openedAt === undefined && shouldOpen(outcome.failed)) {
      open(outcome.error)
    }
  }

  return async (operation, signal = new AbortController().signal) => {
    signal.throwIfAborted()
    admit()
    const begun = period
    try {
      const result = await operation(signal)
      settle(begun, { failed: false, aborted: false })
      return result
    } catch (error) {
      const failed = isFailure(error) || mistake === 'takes an answer that is an error for a failure'
      settle(begun, { error, failed, aborted: signal.aborted })
      throw error
    }
  }
}
