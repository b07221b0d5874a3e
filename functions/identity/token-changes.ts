import type { AccessTokenGenerationV3, BasePreTokenGenerationV3TriggerEvent } from 'aws-lambda'
import type { GroupScopes } from './group-scopes.ts'

/** The event that Cognito sends before it signs a token, in every user flow and for client credentials. */
export type PreTokenEvent = BasePreTokenGenerationV3TriggerEvent<string>

type TokenRequest = PreTokenEvent['request']

/**
 * Cognito's own scopes, for a user's own profile. They give no access to our APIs, so they stay if Cognito granted
 * them: a user needs the last one to change a password or to set up a second factor.
 */
export const COGNITO_SCOPES: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'phone',
  'aws.cognito.signin.user.admin',
])

/**
 * Returns the changes to a user's access token: it names the tenant that was set when the user was created, and
 * contains the scopes that the user's groups grant, no matter what was requested. `clientMetadata` is never read,
 * because the client controls it.
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
 * Returns the changes to a machine's access token. Its scopes stay, because Cognito only grants those that the stack
 * allowed for the client. One of them may be `tenant/<name>`; a token with several gets no tenant.
 */
export function machineTokenChanges(request: TokenRequest): AccessTokenGenerationV3 {
  const [tenant, ...others] = new Set((request.scopes ?? []).flatMap((scope) => TENANT_SCOPE.exec(scope)?.[1] ?? []))
  return others.length === 0 ? tenantClaim(tenant) : {}
}

/** Omits the claim if there is no tenant: the APIs then respond with 403 `tenant-missing`. */
function tenantClaim(tenant: string | undefined): AccessTokenGenerationV3 {
  return tenant ? { claimsToAddOrOverride: { tenant } } : {}
}
