import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'

/** A charge that reached the table, by the clock of who decided it. */
export interface Charged {
  pk: string
  cost: number
  at: number
}

// The guarantees, told from all that was ever charged, in the order in which the table took it. None of the limiter's
// arithmetic is used: windows are of `windowMs`, all is in whole numbers.

/** Returns whether one more charge would keep the policy's guarantee. */
export function mayPass(policy: WindowPolicy, before: readonly Charged[], next: Charged): boolean {
  const { limit, burst = limit, windowMs = 0 } = policy
  const own = before.filter(({ pk }) => pk === next.pk)
  if (policy.algorithm === 'token-bucket') {
    // Time in parts of a token's: a token is `windowMs` long, a millisecond `limit`.
    const full = own.reduce((tat, { cost, at }) => Math.max(tat, at * limit) + cost * windowMs, 0)
    return Math.max(full, next.at * limit) + next.cost * windowMs <= next.at * limit + burst * windowMs
  }
  const number = Math.floor(next.at / windowMs)
  const sumOf = (wanted: number) =>
    own.reduce((sum, { cost, at }) => sum + (Math.floor(at / windowMs) === wanted ? cost : 0), 0)
  if (policy.algorithm === 'fixed-window') return sumOf(number) + next.cost <= limit
  const inViewMs = (number + 1) * windowMs - next.at
  return (sumOf(number) + next.cost) * windowMs + sumOf(number - 1) * inViewMs <= limit * windowMs
}

/**
 * The first charge that breaks the policy's guarantee, if one does. Of a bucket it is that of an interval: no more
 * passes in it than a bucket, and what drops meanwhile.
 */
export function firstBreach(policy: WindowPolicy, log: readonly Charged[]): Charged | undefined {
  if (policy.algorithm !== 'token-bucket') {
    return log.find((charged, index) => !mayPass(policy, log.slice(0, index), charged))
  }
  const { limit, burst = limit, windowMs = 0 } = policy
  return log.find((last) =>
    log.some((first) => {
      const within = log.filter(({ pk, at }) => pk === last.pk && at >= first.at && at <= last.at)
      const sum = within.reduce((all, { cost }) => all + cost, 0)
      return (
        first.pk === last.pk && first.at <= last.at && sum * windowMs > burst * windowMs + (last.at - first.at) * limit
      )
    }),
  )
}
