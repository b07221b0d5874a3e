import type { HttpRequest } from '../http/request.ts'
import { HttpProblem } from '../http/response.ts'

/** The caller, as verified by API Gateway's JWT authorizer. */
export interface Principal {
  sub: string
  tenant: string
  scopes: ReadonlySet<string>
}

/** `multi`: every token must name its tenant. `single`: all data belongs to one tenant, whatever the token says. */
export type Tenancy = 'multi' | 'single'

/** The tenant that owns all data when the app is deployed with `-c tenancy=single`. */
export const SINGLE_TENANT = 'default'

/** The pattern of tenant names. A name is part of table keys, so it may not contain their separator `#`. */
const TENANT = /^[A-Za-z0-9._~:@-]{1,128}$/

/**
 * Returns the caller of a protected route, whose token must have `scope`, or one of several. Cognito writes a resource server's scope as
 * `links/write`, other issuers as `links:write`: both are accepted, as are `notes/notes` and `notes`. Scopes are read from the claim `scope`, or from
 * `scp` as Okta and Entra issue it, which API Gateway writes as `[a b]`. If a token has both claims, `scope` alone
 * decides: API Gateway accepts a scope from either claim, and a union would grant more than the issuer does.
 *
 * @throws HttpProblem 401 `unauthorized`, 403 `scope-missing` or 403 `tenant-missing`.
 */
export function requirePrincipal(request: HttpRequest, scope: string | readonly string[], tenancy: Tenancy): Principal {
  const sub = claim(request, 'sub')
  if (!sub) {
    throw new HttpProblem({ status: 401, code: 'unauthorized', detail: 'This route needs an access token.' })
  }
  const scopes = scopesIn(claim(request, 'scope') ?? claim(request, 'scp') ?? '')
  const accepted = [scope].flat()
  if (!accepted.some((each) => scopes.has(each))) {
    const detail = `The token lacks the scope ${accepted.join(' or ')}.`
    throw new HttpProblem({ status: 403, code: 'scope-missing', detail })
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
 * Returns the tenant that a request acts for, whatever its scopes; `undefined` if `requirePrincipal` would refuse the
 * request, or the route is public.
 */
export function tenantOf(request: HttpRequest, tenancy: Tenancy): string | undefined {
  if (!claim(request, 'sub')) return undefined
  const tenant = tenancy === 'single' ? SINGLE_TENANT : claim(request, 'tenant')
  return tenant !== undefined && TENANT.test(tenant) ? tenant : undefined
}

/** Reads a claim. API Gateway turns claims into strings, so that `null` may arrive as "null": it counts as absent. */
function claim({ claims }: HttpRequest, name: string): string | undefined {
  const value = claims?.[name]
  return typeof value === 'string' && value !== 'null' ? value : undefined
}

/** Splits a list of scopes at spaces only, because a scope's name may contain a comma (RFC 6749, section 3.3). */
function scopesIn(text: string): ReadonlySet<string> {
  const names = text.replace(/^\[|\]$/g, '').split(' ')
  return new Set(names.filter(Boolean).map(withColon))
}

/** Spells a scope as other issuers than Cognito do: `links/write` is `links:write`, and `notes/notes` is `notes`. */
function withColon(scope: string): string {
  const [server, name] = scope.split('/', 2)
  return name === undefined || name !== server ? scope.replace('/', ':') : name
}
