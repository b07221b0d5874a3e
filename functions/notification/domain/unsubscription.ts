/** A mailbox, by the keyed hash of its address, and a category. */
export interface Unsubscription {
  readonly tenant: string
  readonly hash: string
  readonly category: string
}

/** Returns the unsubscription that a token stands for; `undefined` for one that nobody got, or that has expired. */
export type FindUnsubscription = (token: string, signal: AbortSignal) => Promise<Unsubscription | undefined>

/** Stores an unsubscription. It may be repeated. */
export type Unsubscribe = (unsubscription: Unsubscription, signal: AbortSignal) => Promise<void>

/** Returns the token by which the owner of a mailbox unsubscribes, for a year at least. */
export type IssueUnsubscribeToken = (
  of: { readonly tenant: string; readonly category: string; readonly address: string },
  signal: AbortSignal,
) => Promise<string>
