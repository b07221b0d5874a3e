import type { Limit, WindowPolicy } from '../../shared/rate-limit/policy.ts'
import type { Priority } from '../domain/channel.ts'

/** The messages a second that a provider takes, by its name. One that isn't named has no limit. */
export type ProviderRates = Readonly<Record<string, number>>

/** Takes one message from a provider's budget; a refusal says how long to wait, in milliseconds. */
export type TakeBudget = (
  asked: { readonly provider: string; readonly priority: Priority },
  signal: AbortSignal,
) => Promise<{ readonly isAllowed: true } | { readonly isAllowed: false; readonly retryAfterMs: number }>

/** The part of a rate that is kept for what is critical. */
const RESERVE = 0.2

const SECOND = 1000

/**
 * Creates the rate budgets of providers, which all environments share: a fifth of each is for critical messages alone,
 * which also take from the rest. The two parts are counted apart, so that a decision is one write, and together never
 * exceed the rate. If the table can't decide, messages go on: the provider has a limit of its own.
 */
export function createTakeBudget({ limit, rates }: { limit: Limit; rates: ProviderRates }): TakeBudget {
  return async ({ provider, priority }, signal) => {
    const rate = rates[provider]
    if (rate === undefined) return { isAllowed: true }
    const { reserved, shared } = partsOf(rate)
    let retryAfterMs = SECOND
    for (const policy of priority === 'critical' ? [reserved, shared] : [shared]) {
      const { allowed, decisions } = await limit([{ policy, subject: provider }], signal)
      if (allowed) return { isAllowed: true }
      retryAfterMs = decisions[0]?.retryAfterMs ?? SECOND
    }
    return { isAllowed: false, retryAfterMs }
  }
}

function partsOf(rate: number): Record<'reserved' | 'shared', WindowPolicy> {
  const reserve = Math.ceil(rate * RESERVE)
  const common = { algorithm: 'token-bucket', windowMs: SECOND, onError: 'open' } as const
  return {
    reserved: { ...common, name: 'provider-reserve', limit: reserve },
    shared: { ...common, name: 'provider-rate', limit: Math.max(1, rate - reserve) },
  }
}
