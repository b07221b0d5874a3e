import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { onlyIfAbsent, stale } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { HttpProblem, type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { MAX_OVERRIDES } from '../domain/policy.ts'
import { type LimiterProblemCode, unknownPolicy } from '../problems.ts'
import type { PutOverride, RemoveOverride } from './put-override.ts'
import { overrideBody, overrideQuery } from './schema.ts'

export interface OverrideRoutesOptions {
  put: PutOverride
  remove: RemoveOverride
  tenancy: Tenancy
}

const ADMIN = 'limits:admin'

/** The routes of subjects' own limits. */
export function overrideRoutes({ put, remove, tenancy }: OverrideRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'PUT /v1/overrides'(request) {
      const { tenant } = requirePrincipal(request, ADMIN, tenancy)
      const { subject, policy, limit, burst } = validate(overrideBody, jsonBody(request))
      const override = { subject, policy, limit, ...(typeof burst === 'number' && { burst }) }
      const outcome = await put({ tenant, override, onlyIfAbsent: onlyIfAbsent(request) }, request.signal)
      if (typeof outcome === 'object') throw invalidInput(outcome)
      if (outcome === 'unknown-policy') throw unknownPolicy(['policy'])
      if (outcome === 'stale') throw stale()
      if (outcome === 'too-many') throw tooMany()
      return json(outcome === 'created' ? 201 : 200, { subject, policy, limit, burst: burst ?? null })
    },

    async 'DELETE /v1/overrides'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, ADMIN, tenancy)
      const { subject, policy } = validate(overrideQuery, singleValues(request.rawQuery))
      const outcome = await remove({ tenant, name: policy, subject }, request.signal)
      if (outcome === 'not-found') {
        throw new HttpProblem({ status: 404, code: 'not-found', detail: 'This subject has no limit of its own there.' })
      }
      return { status: 204 }
    },
  }
}

function tooMany(): HttpProblem<LimiterProblemCode> {
  return new HttpProblem<LimiterProblemCode>({
    status: 409,
    code: 'too-many-overrides',
    detail: `A policy can have at most ${MAX_OVERRIDES} subjects with limits of their own: make another policy.`,
  })
}
