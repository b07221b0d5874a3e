import type { Channel } from './channel.ts'

/** A kind of notifications, with the rules that hold for all of them. */
export interface Category {
  readonly name: string
  /** The channels of a notification that names none. */
  readonly channels: readonly Channel[]
  /** True if preferences and unsubscriptions don't hold, as for a password's reset. */
  readonly required: boolean
  /** The choice when nobody can tell whether a provider sent something. */
  readonly onUncertain: 'retry' | 'drop'
  readonly throttle: Throttle | null
  readonly digest: DigestRule | null
  /** Random: see `Document`. */
  readonly version: string
}

/** The part of a category that an operator defines. */
export type CategoryDefinition = Omit<Category, 'name' | 'version'>

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

/** Reads a category consistently; `undefined` if there is none. */
export type ReadCategory = (
  id: { readonly tenant: string; readonly name: string },
  signal: AbortSignal,
) => Promise<Category | undefined>

/** The outcome of counting a notification against the throttle of its category. */
export type Throttled = { readonly outcome: 'allowed' } | { readonly outcome: 'over'; readonly retryAt: number }

/**
 * Counts a notification once against what its recipient may get of a category, however many channels it has and however
 * often it is asked.
 */
export type TakeThrottle = (
  charge: {
    readonly tenant: string
    /** The user, or the normal form of the address in its place. */
    readonly subject: string
    readonly category: string
    readonly throttle: Throttle
    readonly notificationId: string
  },
  signal: AbortSignal,
) => Promise<Throttled>
