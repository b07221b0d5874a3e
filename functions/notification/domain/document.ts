/** A definition as it is stored: a category, a profile, preferences, settings. */
export interface Document<Value> {
  readonly value: Value
  /** Random, so that what is deleted and made again has another one. It is the ETag. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
}

/** The name of a document. */
export type DocumentId =
  | { readonly tenant: string; readonly kind: 'category'; readonly name: string }
  | { readonly tenant: string; readonly kind: 'mapping'; readonly name: string }
  | { readonly tenant: string; readonly kind: 'settings' }
  | { readonly tenant: string; readonly kind: 'profile' | 'preferences'; readonly userId: string }
