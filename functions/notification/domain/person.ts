import type { Channel } from './channel.ts'

/** Everything that is known of a user. All of it is read anew whenever a channel is judged. */
export interface Person {
  readonly userId: string
  readonly email: string | null
  readonly phone: string | null
  readonly locale: string | null
  /** An IANA zone. */
  readonly zone: string | null
  readonly preferences: Preferences
  readonly endpoints: readonly Endpoint[]
}

/** The part of a user that is stored beside preferences and endpoints. */
export type Profile = Pick<Person, 'email' | 'phone' | 'locale' | 'zone'>

export interface Preferences {
  readonly categories: Readonly<Record<string, Partial<Readonly<Record<Channel, boolean>>>>>
  readonly quietHours: QuietHours | null
  /** False: no digest of this category for the user. */
  readonly digest: Readonly<Record<string, boolean>>
  readonly locale: string | null
}

/** A daily span in which nothing may disturb, `end` excluded, as in `{start: '22:00', end: '07:00'}`. */
export interface QuietHours {
  readonly start: string
  readonly end: string
  /** An IANA zone; absent: the user's. */
  readonly zone: string | null
}

/** An address of a user on one channel. Its id is unique in the tenant. */
export interface Endpoint {
  readonly id: string
  readonly userId: string
  readonly channel: Channel
  readonly address: string
  readonly enabled: boolean
  /** The reason for which the system disabled it. */
  readonly disabledReason: string | null
  /** `whsec_…`, the newest first; a rotated one signs until its end. */
  readonly secrets: readonly { readonly secret: string; readonly until: number | null }[]
  /** Random: see `Document`. */
  readonly version: string
}

/** An endpoint as it is stored. */
export interface StoredEndpoint extends Endpoint {
  readonly tenant: string
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
}

/** Reads an endpoint by its id, consistently; `undefined` if the tenant has none of it. */
export type ReadEndpoint = (
  id: { readonly tenant: string; readonly endpointId: string },
  signal: AbortSignal,
) => Promise<StoredEndpoint | undefined>

/** The standing of one address, by a keyed hash of it: it outlives the user. */
export interface AddressStanding {
  /** Suppressed on the channel, with the reason. */
  readonly suppressed: string | null
  /** The categories of which its owner unsubscribed by mail. */
  readonly unsubscribed: ReadonlySet<string>
}

/** Reads a user with preferences and endpoints, consistently; `undefined` for one that nobody has put. */
export type ReadPerson = (
  id: { readonly tenant: string; readonly userId: string },
  signal: AbortSignal,
) => Promise<Person | undefined>

/** Reads the standing of an address in its normal form, consistently. */
export type ReadStanding = (
  of: { readonly tenant: string; readonly channel: Channel; readonly address: string },
  signal: AbortSignal,
) => Promise<AddressStanding>

/** Returns the end of the quiet hours in which `now` is, in milliseconds since the epoch; `null` outside of them. */
export type JudgeQuietHours = (now: number, quietHours: QuietHours, zone: string | null) => number | null
