import type { HttpRoute } from '../shared/http/handler.ts'
import { isWrite, limitTenantWrites, type TenantWritesOptions } from '../shared/rate-limit/http/tenant-writes.ts'

/** Puts the routes that write behind the limit of a tenant's writes. */
export function limitRoutes(
  routes: Record<string, HttpRoute>,
  options: TenantWritesOptions,
): Record<string, HttpRoute> {
  const limited = limitTenantWrites(options)
  const entries = Object.entries(routes).map(([routeKey, route]) => [
    routeKey,
    isWrite(routeKey) ? limited(route) : route,
  ])
  return Object.fromEntries(entries)
}
