import type { HttpRequest } from '../http/request.ts'
import { HttpProblem } from '../http/response.ts'

/** Who calls, as API Gateway's JWT authorizer verified it. */
export interface Principal {
  sub: string
  tenant: string
  scopes: ReadonlySet<string>
}

/** `multi`: every token must name its tenant. `single`: everything belongs to one tenant, whatever the token says. */
export type Tenancy = 'multi' | 'single'

/** The tenant of everything when the app is deployed with `-c tenancy=single`. */
export const SINGLE_TENANT = 'default'

/** What a tenant's name may be: it is a part of keys, so no separator of ours may be in it. */
const TENANT = /^[A-Za-z0-9._~:@-]{1,128}$/

/**
 * The caller of a protected route, who must hold `scope`. Cognito writes a resource server's scope as `links/write`,
 * other issuers as `links:write`: both count. The scopes are in the claim `scope`, or in `scp` as Okta and Entra have
 * it; API Gateway reads both, and writes a list as `[a b]`.
 *
 * @throws HttpProblem 401 `unauthorized`, 403 `scope-missing` or 403 `tenant-missing`.
 */
export function requirePrincipal(request: HttpRequest, scope: string, tenancy: Tenancy): Principal {
  const { claims } = request
  if (!claims || typeof claims.sub !== 'string') {
    throw new HttpProblem({ status: 401, code: 'unauthorized', detail: 'This route needs an access token.' })
  }
  const scopes = new Set([...scopeNames(claims.scope), ...scopeNames(claims.scp)])
  if (!scopes.has(scope)) {
    throw new HttpProblem({ status: 403, code: 'scope-missing', detail: `The token lacks the scope ${scope}.` })
  }
  const tenant = tenantOf(request, tenancy)
  if (tenant === undefined) {
    throw new HttpProblem({
      status: 403,
      code: 'tenant-missing',
      detail: 'The token names no tenant (claim "tenant").',
    })
  }
  return { sub: claims.sub, tenant, scopes }
}

/**
 * The tenant that a request acts for, whatever its scopes; `undefined`: `requirePrincipal` would refuse it, or the route
 * is public.
 */
export function tenantOf({ claims }: HttpRequest, tenancy: Tenancy): string | undefined {
  if (!claims || typeof claims.sub !== 'string') return undefined
  const tenant = tenancy === 'single' ? SINGLE_TENANT : claims.tenant
  return typeof tenant === 'string' && TENANT.test(tenant) ? tenant : undefined
}

function scopeNames(claim: unknown): string[] {
  const names = String(claim ?? '')
    .replace(/^\[|\]$/g, '')
    .split(/[ ,]+/)
  return names.filter(Boolean).map((name) => name.replace('/', ':'))
}
