import type { HttpRoute } from '../shared/http/handler.ts'
import { isWrite, limitTenantWrites, type TenantWritesOptions } from '../shared/rate-limit/http/tenant-writes.ts'

/**
 * Routes that users' clients call for themselves, all at once after an outage or while they read: they must not be in
 * the way of the tenant's own writes.
 */
const UNLIMITED = new Set(['POST /v1/ws-ticket', 'POST /v1/users/{id}/inbox/mark'])

/** Puts the routes that write behind the limit of a tenant's writes. */
export function limitRoutes(
  routes: Record<string, HttpRoute>,
  options: TenantWritesOptions,
): Record<string, HttpRoute> {
  const limited = limitTenantWrites(options)
  const entries = Object.entries(routes).map(([routeKey, route]) => [
    routeKey,
    isWrite(routeKey) && !UNLIMITED.has(routeKey) ? limited(route) : route,
  ])
  return Object.fromEntries(entries)
}
