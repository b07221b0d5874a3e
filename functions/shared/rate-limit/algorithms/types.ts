import type { Item } from '../../data/conditional-write.ts'
import type { WindowPolicy } from '../policy.ts'

/** A check of one counter at one time: `now` is the deciding environment's clock, in milliseconds since the epoch. */
export interface TimedCheck {
  readonly policy: WindowPolicy
  readonly cost: number
  readonly now: number
}

/** The answer that a counter's item gives to a check. */
export interface Verdict {
  readonly allowed: boolean
  /** Costs of 1 that would pass before anything is charged. */
  readonly remaining: number
  /** Milliseconds from now. */
  readonly resetMs: number
  /** Milliseconds from now; 0 when allowed, `null` when it can never pass. */
  readonly retryAfterMs: number | null
}

/** A counter's item as it was last read or written, and the deciding clock of that time. A missing item is empty. */
export interface Snapshot {
  readonly item: Item
  readonly at: number
}

/** One conditional write that charges. Its condition is the limit: it may charge whenever the condition holds. */
export interface ChargePlan {
  readonly condition: string
  /** The `SET` clause, to which the time to live is added. */
  readonly set?: string
  /** The `ADD` and `REMOVE` clauses. */
  readonly update: string
  readonly values: Item
  readonly attribute: string
  /** The digits that are added to the attribute, and its value afterwards if the snapshot was right. */
  readonly amount: string
  readonly value: string
  /** Until when the charge can be given back, and until when the item says something. */
  readonly until: number
  readonly keptUntil: number
}

/** An algorithm decides purely: its arguments are all it knows. */
export interface Algorithm {
  readonly judge: (item: Item, check: TimedCheck) => Verdict
  /**
   * Plans the write of a charge.
   *
   * @param snapshot a hint that may be old, or `undefined`: a wrong one makes the write fail, never too much pass.
   * @param check its cost must be within the limit.
   */
  readonly plan: (snapshot: Snapshot | undefined, check: TimedCheck) => ChargePlan
}
