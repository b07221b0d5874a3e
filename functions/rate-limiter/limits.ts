import type { HttpRoute } from '../shared/http/handler.ts'
import { limitTenantWrites, type TenantWritesOptions } from '../shared/rate-limit/http/tenant-writes.ts'

/** Routes that callers use for each of their own requests: only the tenant's own policies limit them. */
const UNLIMITED = ['POST /v1/refund', 'POST /v1/slots', 'PUT /v1/slots/{id}', 'DELETE /v1/slots/{id}']

/** Puts the routes that manage policies and subjects behind the limit of a tenant's writes. */
export function limitRoutes(
  routes: Record<string, HttpRoute>,
  options: TenantWritesOptions,
): Record<string, HttpRoute> {
  return limitTenantWrites(routes, options, UNLIMITED)
}
