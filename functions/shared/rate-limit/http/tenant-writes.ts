import { type Tenancy, tenantOf } from '../../auth/principal.ts'
import type { HttpRoute } from '../../http/handler.ts'
import type { Limit, WindowPolicy } from '../policy.ts'
import { withRateLimit } from './with-rate-limit.ts'

/**
 * Limits the writes of a tenant, by a sliding window, so that the end of one window and the start of the next don't allow
 * twice as many. Writes that can't be counted are allowed: they need the same table anyway, so that the limiter alone
 * never causes a refusal.
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
 * Wraps the routes that write, future ones included, with the limit of their tenant's writes, which is charged before
 * the work. A write without a tenant is public or about to be refused, and is not charged. API Gateway rejects a request
 * without the scope.
 *
 * @param unlimited keys of routes that write, and have a limit of their own
 */
export function limitTenantWrites(
  routes: Record<string, HttpRoute>,
  options: TenantWritesOptions,
  unlimited: readonly string[] = [],
): Record<string, HttpRoute> {
  const entries = Object.entries(routes).map(([routeKey, route]) => {
    const isLimited = isWrite(routeKey) && !unlimited.includes(routeKey)
    return [routeKey, isLimited ? limitRoute(route, options) : route]
  })
  return Object.fromEntries(entries)
}

function limitRoute(route: HttpRoute, { limit, tenancy, perSecond }: TenantWritesOptions): HttpRoute {
  const policy = tenantWrites(perSecond)
  return (request) => {
    const tenant = tenantOf(request, tenancy)
    if (tenant === undefined) return route(request)
    return withRateLimit(route, { limit, policy, subject: () => tenant })(request)
  }
}

/** Returns whether a route, as in `POST /v1/links`, writes. */
export function isWrite(routeKey: string): boolean {
  return /^(POST|PUT|PATCH|DELETE) /.test(routeKey)
}
