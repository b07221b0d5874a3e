import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { HttpResponse } from '../../shared/http/response.ts'
import { ADMIN_SCOPE, requestedUser } from '../fields.ts'
import type { StartPseudonymising } from './start.ts'

export interface UserRoutesOptions {
  start: StartPseudonymising
  tenancy: Tenancy
}

/** The route by which a user of the caller's tenant is replaced by a pseudonym. */
export function userRoutes({ start, tenancy }: UserRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'DELETE /v1/users/{user}'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, ADMIN_SCOPE, tenancy)
      await start({ tenant, user: requestedUser(request) }, request.signal)
      return { status: 202 }
    },
  }
}
