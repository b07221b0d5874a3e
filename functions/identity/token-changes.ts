import type { AccessTokenGenerationV3, BasePreTokenGenerationV3TriggerEvent } from 'aws-lambda'
import type { GroupScopes } from './group-scopes.ts'

/** What Cognito asks before it signs a token: of every user flow, and of client credentials. */
export type PreTokenEvent = BasePreTokenGenerationV3TriggerEvent<string>

type TokenRequest = PreTokenEvent['request']

/**
 * Scopes of Cognito itself, for a user's own profile. They open none of our APIs, so they stay when Cognito put them
 * there: a user needs the last one to change a password or to set up a second factor.
 */
export const COGNITO_SCOPES: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'phone',
  'aws.cognito.signin.user.admin',
])

/**
 * What becomes of a user's access token: it names the tenant that was set when the user was made, and holds what the
 * user's groups grant, no matter what was asked for. `clientMetadata` is what a client likes to say: it is never read.
 */
export function userTokenChanges(request: TokenRequest, groupScopes: GroupScopes): AccessTokenGenerationV3 {
  const groups = request.groupConfiguration?.groupsToOverride ?? []
  const granted = new Set(groups.flatMap((group) => groupScopes.get(group) ?? []))
  const requested = new Set(request.scopes)
  return {
    ...tenantClaim(request.userAttributes?.['custom:tenant']),
    scopesToAdd: [...granted].filter((scope) => !requested.has(scope)),
    scopesToSuppress: [...requested].filter((scope) => !granted.has(scope) && !COGNITO_SCOPES.has(scope)),
  }
}

const TENANT_SCOPE = /^tenant\/(.+)$/

/**
 * What becomes of a machine's access token. Its scopes are those that the stack gave to the client, because Cognito
 * refuses others, so they stay. One of them may be `tenant/<name>`; a token with several is nobody's.
 */
export function machineTokenChanges(request: TokenRequest): AccessTokenGenerationV3 {
  const [tenant, ...others] = new Set((request.scopes ?? []).flatMap((scope) => TENANT_SCOPE.exec(scope)?.[1] ?? []))
  return others.length === 0 ? tenantClaim(tenant) : {}
}

/** Without a tenant there is no claim, and the APIs answer 403 `tenant-missing`. */
function tenantClaim(tenant: string | undefined): AccessTokenGenerationV3 {
  return tenant ? { claimsToAddOrOverride: { tenant } } : {}
}
