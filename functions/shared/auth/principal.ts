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
 * it, which API Gateway writes as `[a b]`. Where a token has both, `scope` alone decides: API Gateway lets in whoever has
 * the scope in one of them, and a union would widen what the issuer grants.
 *
 * @throws HttpProblem 401 `unauthorized`, 403 `scope-missing` or 403 `tenant-missing`.
 */
export function requirePrincipal(request: HttpRequest, scope: string, tenancy: Tenancy): Principal {
  const sub = claim(request, 'sub')
  if (!sub) {
    throw new HttpProblem({ status: 401, code: 'unauthorized', detail: 'This route needs an access token.' })
  }
  const scopes = scopesIn(claim(request, 'scope') ?? claim(request, 'scp') ?? '')
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
  return { sub, tenant, scopes }
}

/**
 * The tenant that a request acts for, whatever its scopes; `undefined`: `requirePrincipal` would refuse it, or the route
 * is public.
 */
export function tenantOf(request: HttpRequest, tenancy: Tenancy): string | undefined {
  if (!claim(request, 'sub')) return undefined
  const tenant = tenancy === 'single' ? SINGLE_TENANT : claim(request, 'tenant')
  return tenant !== undefined && TENANT.test(tenant) ? tenant : undefined
}

/** A claim. API Gateway writes each as a text: one that is `null` may come as `null`, and says no more than an absent one. */
function claim({ claims }: HttpRequest, name: string): string | undefined {
  const value = claims?.[name]
  return typeof value === 'string' && value !== 'null' ? value : undefined
}

/** A comma may be in a scope's name (RFC 6749, section 3.3), and so separates nothing. */
function scopesIn(text: string): ReadonlySet<string> {
  const names = text.replace(/^\[|\]$/g, '').split(' ')
  return new Set(names.filter(Boolean).map((name) => name.replace('/', ':')))
}
