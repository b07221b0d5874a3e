/**
 * What the systems' APIs let a token do: the scopes of each resource server. Cognito writes `read` of `links` as
 * `links/read` into a token.
 */
export const RESOURCE_SERVERS = {
  links: {
    read: 'See the short links of the own tenant',
    write: 'Create, change and delete short links of the own tenant',
    admin: 'Block and unblock short links of the own tenant',
  },
} as const

type ResourceServers = typeof RESOURCE_SERVERS

/** A scope as Cognito writes it: what is not in the table above does not compile. */
export type Scope = {
  [R in keyof ResourceServers]: `${R}/${Extract<keyof ResourceServers[R], string>}`
}[keyof ResourceServers]

/** What the members of each group may do. A user can be in several; nobody but an administrator puts them there. */
export const GROUPS: Readonly<Record<string, readonly Scope[]>> = {
  'link-viewers': ['links/read'],
  'link-editors': ['links/read', 'links/write'],
  'link-admins': ['links/read', 'links/write', 'links/admin'],
}
