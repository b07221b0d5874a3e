import type { Item } from '../../data/table.ts'
import type { WindowPolicy } from '../policy.ts'

/** What one counter is asked; `now` is the deciding environment's clock, in milliseconds since the epoch. */
export interface Asked {
  readonly policy: WindowPolicy
  readonly cost: number
  readonly now: number
}

/** What a counter's item says to it. */
export interface Verdict {
  readonly allowed: boolean
  /** Before anything is charged. */
  readonly remaining: number
  /** From now. */
  readonly resetMs: number
  /** From now; 0 when allowed, `null` when it can never pass. */
  readonly retryAfterMs: number | null
}

/** A counter's item as somebody met it (`at`: by which clock they judged it). One that isn't there is empty. */
export interface Sight {
  readonly item: Item
  readonly at: number
}

/** One conditional write that charges: whoever's condition holds may charge, whatever else happens at the same time. */
export interface Plan {
  readonly condition: string
  /** Of `SET`; the time to live goes with it. */
  readonly set?: string
  /** `ADD` and `REMOVE`. */
  readonly update: string
  readonly values: Item
  readonly attribute: string
  /** What is added to the attribute, and what it is then, if the sight was right; in digits. */
  readonly amount: string
  readonly value: string
  /** Until when what was charged can be given back, and how long the item says something. */
  readonly until: number
  readonly keptUntil: number
}

/** Both are pure: what they are given is all they know. */
export interface Algorithm {
  readonly judge: (item: Item, asked: Asked) => Verdict
  /**
   * @param asked its cost must be within the limit.
   * @param seen a hint that may be old, or `undefined`: a wrong one makes the write fail, never too much pass.
   */
  readonly plan: (seen: Sight | undefined, asked: Asked) => Plan
}
