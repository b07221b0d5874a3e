import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { unknownPolicy } from '../problems.ts'
import { resetBody, stateQuery } from './schema.ts'
import type { SubjectPolicies } from './subject-policies.ts'
import type { ReadState, ResetState } from './subject-state.ts'

export interface SubjectRoutesOptions {
  policiesOf: SubjectPolicies
  read: ReadState
  reset: ResetState
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes that look at what a subject used, and take it back. */
export function subjectRoutes(options: SubjectRoutesOptions): Record<string, HttpRoute> {
  const { policiesOf, read, reset, cursors, tenancy } = options
  return {
    async 'GET /v1/subjects/state'(request) {
      const { tenant } = requirePrincipal(request, 'limits:check', tenancy)
      const { subject, policy, limit, cursor } = validate(stateQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'state', subject, policy } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && String(position.name)
      const page = await policiesOf({ tenant, subject, policy, after, limit }, request.signal)
      if (page === 'unknown-policy') throw unknownPolicy(['policy'])
      const { next } = page
      return json(200, {
        items: await read(page.found, request.signal),
        nextCursor:
          next === undefined ? null : await cursors.seal({ ...scope, position: { name: next } }, request.signal),
      })
    },

    async 'POST /v1/subjects/reset'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, 'limits:admin', tenancy)
      const { subject, policy } = validate(resetBody, jsonBody(request))
      const outcome = await reset({ tenant, subject, policy }, request.signal)
      if (outcome === 'unknown-policy') throw unknownPolicy(['policy'])
      return { status: 204 }
    },
  }
}
