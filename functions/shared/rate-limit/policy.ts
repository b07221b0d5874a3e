/** How often a subject may do something. */
export type Policy = WindowPolicy | ConcurrencyPolicy

interface CommonPolicy {
  /** As in `tenant-writes`: letters, digits and `._~:@-`, at most 128. */
  readonly name: string
  readonly limit: number
  /**
   * What decides when the table can't: everybody is let in, nobody, or a tenth of the limit in each environment.
   *
   * @default closed
   */
  readonly onError?: 'open' | 'closed' | 'local'
  /**
   * `shadow` counts and never denies; `off` does nothing.
   *
   * @default enforce
   */
  readonly mode?: 'enforce' | 'shadow' | 'off'
  /** Subjects that the limit does not hold for: exact, `prefix*` or CIDR. */
  readonly allow?: readonly string[]
  /** Subjects that are always denied, allowed ones too. */
  readonly deny?: readonly string[]
}

/** A limit of a time. Windows align to the Unix epoch, those of a calendar to UTC. */
export interface WindowPolicy extends CommonPolicy {
  readonly algorithm: 'fixed-window' | 'sliding-window' | 'token-bucket'
  /** At least 1,000; exactly one of both. */
  readonly windowMs?: number
  readonly calendar?: 'hour' | 'day' | 'month'
  /** Of a token bucket, which refills `limit` tokens in `windowMs`: how many it holds. @default the limit */
  readonly burst?: number
  /** After a denial the subject stays denied that long; denials meanwhile don't prolong it. @default 0 */
  readonly blockMs?: number
  /** A policy that the subject's parent is charged by, too: both or none. */
  readonly parent?: { readonly policy: WindowPolicy; readonly subjectPrefix: string }
  /** 1 to 8, and at most a hundredth of the limit: for subjects with more than 1,000 decisions a second. @default 1 */
  readonly shards?: number
}

/** A limit of how many do it at the same time. */
export interface ConcurrencyPolicy extends CommonPolicy {
  readonly algorithm: 'concurrency'
}

/** What is asked of a policy for a subject. */
export interface Check {
  readonly policy: WindowPolicy
  /** At most 256 bytes. */
  readonly subject: string
  /** @default 1 */
  readonly cost?: number
  /** Looks, and charges nothing. @default false */
  readonly peek?: boolean
}

/** As the contract's `decisions`, but for the ids, which `decision-id.ts` makes. */
export interface Decision {
  readonly policy: string
  readonly subject: string
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** From now. */
  readonly resetMs: number
  /** From now; 0 when allowed, `null` when it can never pass. */
  readonly retryAfterMs: number | null
  readonly mode: 'enforce' | 'shadow' | 'off'
  /** Of policies on trial, the check’s own or a parent: whether one would have denied it. */
  readonly wouldDeny?: boolean
  readonly source: 'store' | 'cache' | 'fallback'
  /** Whether the table could not be asked, or its answer did not come in time. */
  readonly degraded: boolean
  /** Whether shards make the count a guess. */
  readonly approximate: boolean
  /** What was charged, and where (a parent, too): what a refund needs. Empty when nothing was charged. */
  readonly charges: readonly Charge[]
}

/** A charge that can be given back until `until` (milliseconds since the epoch). */
export interface Charge {
  readonly pk: string
  readonly sk: string
  /** As in `m_28937`: the counter's attribute. */
  readonly attribute: string
  readonly cost: number
  /** What was added to the attribute, in digits, where that is not the cost: a token bucket counts time. */
  readonly amount?: string
  readonly until: number
}

export interface Decided {
  readonly allowed: boolean
  readonly decisions: readonly Decision[]
}

/** All checks pass, or none is charged. The signal is the caller's deadline. */
export type Limit = (checks: readonly Check[], signal: AbortSignal) => Promise<Decided>
