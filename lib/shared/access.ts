/** What the API of a system lets a token do, and who may do it: `lib/<system>/access.ts`. */
export interface Access {
  /** What the scopes begin with, as in `links`: Cognito calls it a resource server. */
  readonly resourceServer: string
  /** What each scope lets its holder do, as in `{ read: 'See the links of the own tenant' }`. */
  readonly scopes: Readonly<Record<string, string>>
  /** The scopes of each group of users. A user can be in several; nobody but an administrator puts them there. */
  readonly groups: Readonly<Record<string, readonly string[]>>
}

/** Scopes as Cognito writes them into tokens: `read` of `links` is `links/read`. */
export function tokenScopes({ resourceServer }: Access, names: readonly string[]): string[] {
  return names.map((name) => `${resourceServer}/${name}`)
}

/** An `Access` whose groups have only scopes that there are: others don't compile. */
export function defineAccess<const Name extends string>(access: {
  readonly resourceServer: string
  readonly scopes: Readonly<Record<Name, string>>
  readonly groups: Readonly<Record<string, readonly NoInfer<Name>[]>>
}): Access {
  return access
}
