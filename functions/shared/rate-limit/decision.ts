import type { Ruling } from './counters/ruling.ts'
import type { Check, Decision } from './policy.ts'

/** What counters answered, or whatever stood in for them. */
export interface Answer {
  readonly ruling: Ruling
  readonly isDegraded: boolean
}

/** All that is known of a check. */
export interface Answered {
  /** Whether a pattern denies it, of a policy that is enforced or of one on trial. */
  readonly isDenied: boolean
  readonly wouldDeny: boolean
  readonly enforced: Answer | undefined
  /** Policies on trial: the check's own, or parents of it. */
  readonly shadows: readonly Answer[]
}

/** A check's decision: what is enforced decides, and what is on trial is told beside it. */
export function toDecision(check: Check, answered: Answered): Decision {
  const { isDenied, enforced, shadows } = answered
  const { policy, subject } = check
  const { limit, mode = 'enforce', shards = 1 } = policy
  const isShadow = mode === 'shadow'
  // What the client is shown; where nobody was asked, a pattern or the mode decided.
  const shown = enforced ?? shadows[0]
  const ruling = shown?.ruling ?? (isDenied || answered.wouldDeny ? NEVER : { ...ALWAYS, remaining: limit })
  const allowed = isShadow || ruling.allowed
  // An outage is no denial: of the check's own trial `degraded` says it, beside others nothing does.
  const isTold = ({ isDegraded }: Answer) => isShadow || !isDegraded
  const wouldDeny = answered.wouldDeny || shadows.some((answer) => !answer.ruling.allowed && isTold(answer))
  return {
    policy: policy.name,
    subject,
    allowed,
    limit,
    remaining: ruling.remaining,
    resetMs: ruling.resetMs,
    retryAfterMs: allowed ? 0 : ruling.retryAfterMs,
    mode,
    ...((isShadow || wouldDeny || shadows.length > 0) && { wouldDeny }),
    source: shown?.isDegraded ? 'fallback' : ruling.source,
    degraded: shown?.isDegraded === true,
    approximate: shards > 1,
    charges: [enforced, ...shadows].flatMap((answer) => answer?.ruling.charges ?? []),
  }
}

const NEVER = { allowed: false, remaining: 0, resetMs: 0, retryAfterMs: null, source: 'cache' } as const
const ALWAYS = { ...NEVER, allowed: true, retryAfterMs: 0 }
