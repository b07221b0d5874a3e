/** A rule of how often, or how many at once, subjects may do something. */
export type Policy = WindowPolicy | ConcurrencyPolicy

interface CommonPolicy {
  /** As in `tenant-writes`: letters, digits and `._~:@-`, at most 128. */
  readonly name: string
  /**
   * The owner of the policy, in the same characters as the name: a part of its keys, so that policies of two tenants
   * share no counter, whatever their names.
   *
   * @default none
   */
  readonly tenant?: string
  readonly limit: number
  /**
   * Decides when the table can't: admits everybody, nobody, or a tenth of the limit in each environment.
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
  /** Patterns of subjects that are exempt from the limit: exact, `prefix*` or CIDR. */
  readonly allow?: readonly string[]
  /** Patterns of subjects that are always denied, even if `allow` names them. */
  readonly deny?: readonly string[]
}

/** A limit of costs in a time. Windows align to the Unix epoch, those of a calendar to UTC. */
export interface WindowPolicy extends CommonPolicy {
  readonly algorithm: 'fixed-window' | 'sliding-window' | 'token-bucket'
  /** At least 1,000; a policy has either `windowMs` or `calendar`. */
  readonly windowMs?: number
  readonly calendar?: 'hour' | 'day' | 'month'
  /** The tokens that a token bucket holds; it refills `limit` tokens in `windowMs`. @default the limit */
  readonly burst?: number
  /** Milliseconds for which a denial blocks the subject; denials meanwhile don't prolong it. @default 0 */
  readonly blockMs?: number
  /** A policy by which the subject's parent is charged, too: both or none. */
  readonly parent?: { readonly policy: WindowPolicy; readonly subjectPrefix: string }
  /** 1 to 8, and at most a hundredth of the limit: for subjects with more than 1,000 decisions a second. @default 1 */
  readonly shards?: number
}

/** A limit of holders at the same time. */
export interface ConcurrencyPolicy extends CommonPolicy {
  readonly algorithm: 'concurrency'
}

/** A question to a policy: may this subject do something of this cost? */
export interface Check {
  readonly policy: WindowPolicy
  /** At most 256 bytes. */
  readonly subject: string
  /** @default 1 */
  readonly cost?: number
  /** Decides without charging. @default false */
  readonly peek?: boolean
}

/** The answer to a check. `decision-id.ts` makes its id. */
export interface Decision {
  readonly policy: string
  readonly subject: string
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Milliseconds from now. */
  readonly resetMs: number
  /** Milliseconds from now; 0 when allowed, `null` when it can never pass. */
  readonly retryAfterMs: number | null
  readonly mode: 'enforce' | 'shadow' | 'off'
  /** True if a shadow policy, the check's own or a parent's, would have denied it. Absent without shadow policies. */
  readonly wouldDeny?: boolean
  readonly source: 'store' | 'cache' | 'fallback'
  /** True if the table could not decide in time, so that `onError` did. */
  readonly degraded: boolean
  /** True if the count is an estimate, because of shards. */
  readonly approximate: boolean
  /** The charges to the policy's counter and its parents', for a refund. Empty when nothing was charged. */
  readonly charges: readonly Charge[]
}

/** A charge that can be given back until `until` (milliseconds since the epoch). */
export interface Charge {
  readonly pk: string
  readonly sk: string
  /** The counter's attribute, as in `m_28937`. */
  readonly attribute: string
  readonly cost: number
  /** The digits that were added to the attribute, if they are not the cost: a token bucket counts time. */
  readonly amount?: string
  readonly until: number
  /** The counter right after the charge. Absent in a charge that was read from a decision's id. */
  readonly after?: CounterLevel
}

/** The level of a counter after everything that a request charged to it. */
export interface CounterLevel {
  readonly policy: WindowPolicy
  /** The subject of the counter: a check's own, or a parent. */
  readonly subject: string
  /** An estimate for a policy with shards. */
  readonly remaining: number
  /** The deciding clock, in milliseconds since the epoch. */
  readonly at: number
}

export interface Decided {
  readonly allowed: boolean
  readonly decisions: readonly Decision[]
}

/** Decides checks: all pass, or none is charged. The signal is the caller's deadline. */
export type Limit = (checks: readonly Check[], signal: AbortSignal) => Promise<Decided>
