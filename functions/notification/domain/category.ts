import type { Channel } from './channel.ts'

/** A kind of notifications, with the rules that hold for all of them. */
export interface Category {
  readonly name: string
  /** The channels of a notification that names none. */
  readonly channels: readonly Channel[]
  /** True if preferences and unsubscriptions don't hold, as for a password's reset. */
  readonly required: boolean
  /** What to do when nobody can tell whether a provider sent something. */
  readonly onUncertain: 'retry' | 'drop'
  readonly throttle: Throttle | null
  readonly digest: DigestRule | null
  readonly version: number
}

/** At most `limit` notifications to one user in any `windowMs`. */
export interface Throttle {
  readonly limit: number
  readonly windowMs: number
  readonly over: 'defer' | 'drop'
}

export interface DigestRule {
  readonly windowSeconds: number
  /** Closes a window early. */
  readonly maxItems: number
}
