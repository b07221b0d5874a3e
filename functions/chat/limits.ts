import type { HttpRoute } from '../shared/http/handler.ts'
import { limitTenantWrites, type TenantWritesOptions } from '../shared/rate-limit/http/tenant-writes.ts'

/**
 * Routes with a limit of their own: messages have the rate of their sender, and the clients of a tenant, which all need
 * a new ticket when their connections break at once, must not be in the way of its writes.
 */
const UNLIMITED = ['POST /v1/rooms/{id}/messages', 'POST /v1/ws-ticket']

/** Puts the routes that change rooms and members behind the limit of a tenant's writes. */
export function limitRoutes(
  routes: Record<string, HttpRoute>,
  options: TenantWritesOptions,
): Record<string, HttpRoute> {
  return limitTenantWrites(routes, options, UNLIMITED)
}
