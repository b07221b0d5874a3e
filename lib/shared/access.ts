/** The scopes of a system's API, and the groups that have them: `lib/<system>/access.ts`. */
export interface Access {
  /** The prefix of the scopes, as in `links`: Cognito calls it a resource server. */
  readonly resourceServer: string
  /** A description of each scope, as in `{ read: 'Read the links of the own tenant' }`. */
  readonly scopes: Readonly<Record<string, string>>
  /** The scopes of each group of users. A user can be in several; only an administrator can add users to them. */
  readonly groups: Readonly<Record<string, readonly string[]>>
}

/**
 * Names scopes as Cognito writes them into tokens: `read` of `links` is `links/read`. It knows no scope without a
 * resource server, so that the scope `notes` is its `notes/notes`.
 */
export function tokenScopes({ resourceServer }: Access, names: readonly string[]): string[] {
  return names.map((name) => `${resourceServer}/${name}`)
}

/** Types an `Access` so that a group with a scope that doesn't exist fails to compile. */
export function defineAccess<const Name extends string>(access: {
  readonly resourceServer: string
  readonly scopes: Readonly<Record<Name, string>>
  readonly groups: Readonly<Record<string, readonly NoInfer<Name>[]>>
}): Access {
  return access
}
