import type { CounterVerdict } from './counters/verdict.ts'
import type { Check, Decision } from './policy.ts'

/** The verdicts on a check, by its policy and its parents. */
export interface CheckVerdicts {
  /** True if a pattern of an enforced policy denies it. */
  readonly isDenied: boolean
  /** True if a pattern of a shadow policy would deny it. */
  readonly wouldDeny: boolean
  readonly enforced: CounterVerdict | undefined
  /** The verdicts of shadow policies: the check's own, or its parents'. */
  readonly shadows: readonly CounterVerdict[]
}

/** Builds a check's decision: enforced policies decide, and shadow policies are reported beside them. */
export function toDecision(check: Check, verdicts: CheckVerdicts): Decision {
  const { isDenied, enforced, shadows } = verdicts
  const { policy, subject } = check
  const { limit, mode = 'enforce', shards = 1 } = policy
  const isShadow = mode === 'shadow'
  // Without a counter's verdict, a pattern or the mode decided.
  const shown = enforced ?? shadows[0] ?? (isDenied || verdicts.wouldDeny ? NEVER : { ...ALWAYS, remaining: limit })
  const allowed = isShadow || shown.allowed
  // An outage is no denial: `degraded` tells it of the check's own shadow policy, and nothing tells it of a parent's.
  const isReported = ({ source }: CounterVerdict) => isShadow || source !== 'fallback'
  const wouldDeny = verdicts.wouldDeny || shadows.some((verdict) => !verdict.allowed && isReported(verdict))
  return {
    policy: policy.name,
    subject,
    allowed,
    limit,
    remaining: shown.remaining,
    resetMs: shown.resetMs,
    retryAfterMs: allowed ? 0 : shown.retryAfterMs,
    mode,
    ...((isShadow || wouldDeny || shadows.length > 0) && { wouldDeny }),
    source: shown.source,
    degraded: shown.source === 'fallback',
    approximate: shards > 1,
    charges: [enforced, ...shadows].flatMap((verdict) => verdict?.charges ?? []),
  }
}

type ShownVerdict = Omit<CounterVerdict, 'charges' | 'blocks'>

const NEVER: ShownVerdict = { allowed: false, remaining: 0, resetMs: 0, retryAfterMs: null, source: 'cache' }
const ALWAYS: ShownVerdict = { ...NEVER, allowed: true, retryAfterMs: 0 }
