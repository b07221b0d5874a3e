import { type Tenancy, tenantOf } from '../../auth/principal.ts'
import type { HttpRoute } from '../../http/handler.ts'
import type { Limit, WindowPolicy } from '../policy.ts'
import { withRateLimit } from './with-rate-limit.ts'

/**
 * The policy of a tenant's writes: a sliding window, so that a window's end and the start of the next one together don't
 * let twice as many through. While nobody can count they pass: the table that can't count can't write either, so that
 * the limit alone refuses nobody.
 */
export function tenantWrites(perSecond: number): WindowPolicy {
  return { name: 'tenant-writes', algorithm: 'sliding-window', limit: perSecond, windowMs: 1000, onError: 'open' }
}

export interface TenantWritesOptions {
  limit: Limit
  tenancy: Tenancy
  perSecond: number
}

/**
 * Puts a route behind the limit of its tenant's writes, charged before its work. A request without a tenant is public or
 * about to be refused: it is not charged. API Gateway lets none in that lacks the scope.
 */
export function limitTenantWrites({ limit, tenancy, perSecond }: TenantWritesOptions): (route: HttpRoute) => HttpRoute {
  const policy = tenantWrites(perSecond)
  return (route) => (request) => {
    const tenant = tenantOf(request, tenancy)
    if (tenant === undefined) return route(request)
    return withRateLimit(route, { limit, policy, subject: () => tenant })(request)
  }
}

/** Says whether a route, as in `POST /v1/links`, writes. */
export function isWrite(routeKey: string): boolean {
  return /^(POST|PUT|PATCH|DELETE) /.test(routeKey)
}
