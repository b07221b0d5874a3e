import type { Check, Decision } from './policy.ts'
import type { Ruling } from './ruling.ts'

/** What counters answered, or whatever stood in for them. */
export type Answers = readonly Answer[]

interface Answer {
  readonly ruling: Ruling
  readonly isDegraded: boolean
}

/** All that is known of a check. */
export interface Answered {
  readonly standing: 'denied' | 'exempt' | 'counted'
  readonly enforced: Answer | undefined
  /** Policies on trial: the check's own, or parents of it. */
  readonly shadows: Answers
}

/** A check's decision: what is enforced decides, and what is on trial is told beside it. */
export function toDecision(check: Check, { standing, enforced, shadows }: Answered): Decision {
  const { policy, subject } = check
  const { limit, mode = 'enforce', shards = 1 } = policy
  const isShadow = mode === 'shadow'
  const isDenied = standing === 'denied'
  const told = enforced ?? shadows[0]
  const ruling = told?.ruling ?? (isDenied ? NEVER : { ...ALWAYS, remaining: limit })
  const allowed = isShadow || ruling.allowed
  const wouldDeny = shadows.some((answer) => !answer.ruling.allowed) || (isShadow && isDenied)
  return {
    policy: policy.name,
    subject,
    allowed,
    limit,
    remaining: ruling.remaining,
    resetMs: ruling.resetMs,
    retryAfterMs: allowed ? 0 : ruling.retryAfterMs,
    mode,
    ...((isShadow || shadows.length > 0) && { wouldDeny }),
    source: told?.isDegraded ? 'fallback' : ruling.source,
    degraded: told?.isDegraded === true,
    approximate: shards > 1,
    charges: [enforced, ...shadows].flatMap((answer) => answer?.ruling.charges ?? []),
  }
}

const NEVER: Ruling = {
  allowed: false,
  remaining: 0,
  resetMs: 0,
  retryAfterMs: null,
  source: 'cache',
  charges: [],
  blocks: [],
}
const ALWAYS: Ruling = { ...NEVER, allowed: true, retryAfterMs: 0 }
