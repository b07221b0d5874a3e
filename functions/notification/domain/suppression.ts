import type { Channel } from './channel.ts'

/** An address that gets nothing on a channel. */
export interface Suppression {
  readonly channel: Channel
  /** `null` once its user was erased: only a hash of it is left. */
  readonly address: string | null
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface NewSuppression {
  readonly tenant: string
  readonly channel: Channel
  readonly address: string
  readonly reason: string
  /** True if the reason of a suppression that is there must not be changed (`If-None-Match: *`). */
  readonly onlyIfAbsent?: boolean
}

/** Suppresses an address, or changes the reason. */
export type Suppress = (
  of: NewSuppression,
  signal: AbortSignal,
) => Promise<
  { readonly outcome: 'created' | 'changed'; readonly suppression: Suppression } | { readonly outcome: 'stale' }
>

/** Suppresses an erased address, or changes the reason; a text of it that the suppression had goes. */
export type SuppressErased = (
  of: { readonly tenant: string; readonly channel: Channel; readonly addressHash: string; readonly reason: string },
  signal: AbortSignal,
) => Promise<unknown>
