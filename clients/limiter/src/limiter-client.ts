import { createCallService, isObject, requireAnswer } from './call-service.ts'
import { LimiterUnavailable } from './errors.ts'
import { createSlots, type Slots } from './slots.ts'

export interface LimiterClientOptions {
  /** The service's `ApiUrl`. */
  url: string
  /** An access token with the scope `limits:check`, or a function that returns one, called for every request. */
  token: string | (() => Promise<string>)
  /** The time limit of a whole call in milliseconds, its token and the body of its answer included; 200 by default. */
  timeoutMs?: number
  /** Decides while the service is down: `open` allows and `closed` denies. */
  onUnavailable: 'open' | 'closed'
  /** `globalThis.fetch` by default. */
  fetch?: typeof fetch
}

export interface CallOptions {
  /** Ends the call, which is then rejected with the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface Check {
  policy: string
  /** The user, client or resource that is limited, 256 bytes at most. */
  subject: string
  /** 1 by default. */
  cost?: number
  /** Charges nothing. */
  peek?: boolean
}

export interface Decision {
  decisionId: string
  policy: string
  subject: string
  allowed: boolean
  limit: number
  remaining: number
  /** The time until all of the limit is available again. */
  resetMs: number
  /** The time until the same cost can pass: 0 if it is allowed, `null` if it never can. */
  retryAfterMs: number | null
  mode: 'enforce' | 'shadow' | 'off'
  wouldDeny?: boolean
  source: 'store' | 'cache' | 'fallback'
  degraded: boolean
  approximate: boolean
}

export type CheckResult =
  | {
      outcome: 'decided'
      allowed: boolean
      /** The longest wait of the denied checks: 0 when allowed, `null` when one can never pass. */
      retryAfterMs: number | null
      /** One for each check, in the same order. */
      decisions: Decision[]
    }
  /** `onUnavailable` decided. The service may have charged all the same. */
  | { outcome: 'unavailable'; allowed: boolean; error: LimiterUnavailable }

export interface LimiterClient extends Slots {
  /**
   * Asks for 1 to 20 checks: all pass, or none is charged.
   *
   * @throws LimiterProblem when the service refuses the request, as in `unknown-policy`.
   */
  check(checks: readonly Check[], options?: CallOptions): Promise<CheckResult>
  /**
   * Gives back what a decision charged, at most once, and returns how much. It may be repeated.
   *
   * @throws LimiterProblem or LimiterUnavailable.
   */
  refund(decisionId: string, options?: CallOptions): Promise<number>
}

/**
 * Builds a client of the rate limiter's service. It sends each request once: a repeated check charges again.
 *
 * @throws TypeError for options that can't be used.
 */
export function createLimiterClient(options: LimiterClientOptions): LimiterClient {
  const { url, token, timeoutMs = 200, onUnavailable, fetch } = options
  requireOptions({ url, timeoutMs, onUnavailable })
  const call = createCallService({
    url: url.replace(/\/+$/, ''),
    token,
    timeoutMs,
    // Looked up at each call, and called without a receiver, as browsers ask for.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
  })
  const isOpen = onUnavailable === 'open'
  return {
    async check(checks, { signal } = {}) {
      try {
        const answer = await call({ method: 'POST', path: '/v1/check', body: { checks }, signal })
        const isExpected = (json: unknown): json is CheckAnswer => isCheckAnswer(json, checks.length)
        const { allowed, decisions } = requireAnswer(answer, isExpected)
        return { outcome: 'decided', allowed, retryAfterMs: longestWait(decisions), decisions }
      } catch (error) {
        if (error instanceof LimiterUnavailable) return { outcome: 'unavailable', allowed: isOpen, error }
        throw error
      }
    },
    async refund(decisionId, { signal } = {}) {
      const answer = await call({ method: 'POST', path: '/v1/refund', body: { decisionId }, signal })
      return requireAnswer(answer, isRefundAnswer).refunded
    },
    ...createSlots({ call, isOpen }),
  }
}

function requireOptions({
  url,
  timeoutMs,
  onUnavailable,
}: Required<Pick<LimiterClientOptions, 'url' | 'timeoutMs' | 'onUnavailable'>>): void {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new TypeError(`url must be an http or https URL, not ${url}`)
  // Timers of more than 2^31-1 ms end at once.
  if (!(timeoutMs > 0 && timeoutMs <= 0x7fff_ffff)) {
    throw new TypeError(`timeoutMs must be above 0 and at most 2147483647, not ${timeoutMs}`)
  }
  if (onUnavailable !== 'open' && onUnavailable !== 'closed') {
    throw new TypeError(`onUnavailable must be open or closed, not ${onUnavailable}`)
  }
}

interface CheckAnswer {
  allowed: boolean
  decisions: Decision[]
}

function isCheckAnswer(json: unknown, count: number): boolean {
  if (!isObject(json) || typeof json.allowed !== 'boolean' || !Array.isArray(json.decisions)) return false
  return json.decisions.length === count && json.decisions.every(isDecision)
}

/** Looks at what callers decide by; the service may add fields. */
function isDecision(value: unknown): boolean {
  if (!isObject(value)) return false
  const { decisionId, policy, allowed, limit, remaining, resetMs, retryAfterMs } = value
  const texts = [decisionId, policy].every((each) => typeof each === 'string')
  const numbers = [limit, remaining, resetMs, retryAfterMs ?? 0].every((each) => typeof each === 'number')
  return texts && numbers && typeof allowed === 'boolean'
}

function isRefundAnswer(json: unknown): json is { refunded: number } {
  return isObject(json) && typeof json.refunded === 'number'
}

function longestWait(decisions: readonly Decision[]): number | null {
  const waits = decisions.filter(({ allowed }) => !allowed).map(({ retryAfterMs }) => retryAfterMs)
  return waits.includes(null) ? null : Math.max(0, ...waits.map(Number))
}
