import type { Clock } from '../clock.ts'
import { checkRange } from './policy.ts'

export interface RetryBudget {
  /** A request begins: it earns a part of a retry. */
  deposit: () => void
  /** Takes one retry, if there is one to take. */
  withdraw: () => boolean
}

export interface RetryBudgetOptions {
  /** Retries that each request earns: 0.2 is one retry for five requests. */
  ratio: number
  /** Retries that each second earns, so that a client with few requests may retry at all. */
  perSecond: number
  /** Retries there are at the start, and the most that are saved up. */
  reserve: number
  now: Clock
}

/** Tokens are counted in millionths of a retry: ten tenths are one, which in floating point they are not. */
const RETRY = 1_000_000

/**
 * Keeps retries from becoming a storm: in any span of time that all operations of a client share it,
 * `retries <= reserve + ratio * requests + perSecond * seconds`.
 *
 * It is the token bucket of Finagle's `RetryBudget` (https://finagle.github.io/blog/2016/02/08/retry-budgets), whose
 * defaults are 20 % of requests and 10 retries a second. Where Finagle's tokens expire after 10 seconds, these stop at
 * `reserve`, as those of gRPC's retry throttling (gRFC A6) stop at `maxTokens`: one number to keep instead of a window.
 *
 * @throws RangeError for a negative option.
 */
export function retryBudget({ ratio, perSecond, reserve, now }: RetryBudgetOptions): RetryBudget {
  checkRange({ ratio, perSecond, reserve }, 0, 1000)
  const capacity = Math.round(reserve * RETRY)
  const earnedByRequest = Math.round(ratio * RETRY)
  let tokens = capacity
  let refilledAt = now()

  function add(earned: number): void {
    tokens = Math.min(capacity, tokens + earned)
  }

  function refill(): void {
    const at = now()
    // A clock that was set back earns nothing, and takes nothing away.
    add(Math.floor((Math.max(0, at - refilledAt) / 1000) * perSecond * RETRY))
    refilledAt = at
  }

  return {
    deposit() {
      add(earnedByRequest)
    },
    withdraw() {
      refill()
      if (tokens < RETRY) return false
      tokens -= RETRY
      return true
    },
  }
}
