import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { etag, preconditions, stale } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { HttpProblem, type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { POLICY_NAME, type StoredPolicy } from '../domain/policy.ts'
import { type LimiterProblemCode, noSuchPolicy } from '../problems.ts'
import type { DeletePolicy } from './delete-policy.ts'
import type { ReadStored } from './judge-definition.ts'
import type { PutPolicy } from './put-policy.ts'
import { listPoliciesQuery, policyBody, policyView, toDefinition } from './schema.ts'

/** Reads a page of a tenant's policies by name; `after` is the last name of the page before. */
export type ListPolicies = (
  query: { tenant: string; after: string | undefined; limit: number },
  signal: AbortSignal,
) => Promise<{ policies: StoredPolicy[]; next?: string }>

export interface PolicyRoutesOptions {
  read: ReadStored
  put: PutPolicy
  remove: DeletePolicy
  list: ListPolicies
  cursors: Cursors
  tenancy: Tenancy
}

const ADMIN = 'limits:admin'

/** The routes of policies: from requests to use cases, and from outcomes to answers. */
export function policyRoutes({
  read,
  put,
  remove,
  list,
  cursors,
  tenancy,
}: PolicyRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'GET /v1/policies'(request) {
      const { tenant } = requirePrincipal(request, ADMIN, tenancy)
      const { limit, cursor } = validate(listPoliciesQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'policies' } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && String(position.name)
      const { policies, next } = await list({ tenant, limit, after }, request.signal)
      return json(200, {
        items: policies.map(policyView),
        nextCursor:
          next === undefined ? null : await cursors.seal({ ...scope, position: { name: next } }, request.signal),
      })
    },

    async 'GET /v1/policies/{name}'(request) {
      const { tenant } = requirePrincipal(request, ADMIN, tenancy)
      const policy = await read({ tenant, name: requestedName(request) }, request.signal)
      if (!policy) throw noSuchPolicy()
      return answer(200, policy)
    },

    async 'PUT /v1/policies/{name}'(request) {
      const { tenant } = requirePrincipal(request, ADMIN, tenancy)
      const name = newName(request)
      const body = validate(policyBody, jsonBody(request))
      if (body.name !== undefined && body.name !== name) {
        throw invalidInput([{ path: 'name', message: 'must be the name in the path' }])
      }
      const { cause, signal } = request
      const conditions = preconditions(request)
      const result = await put({ tenant, name, definition: toDefinition(body), conditions, cause }, signal)
      if (result.outcome === 'stale') throw stale()
      if (result.outcome === 'invalid') throw invalidInput(result.errors)
      return answer(result.outcome === 'created' ? 201 : 200, result.policy)
    },

    async 'DELETE /v1/policies/{name}'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, ADMIN, tenancy)
      const { cause, signal } = request
      const input = { tenant, name: requestedName(request), conditions: preconditions(request), cause }
      const outcome = await remove(input, signal)
      if (outcome === 'not-found') throw noSuchPolicy()
      if (outcome === 'stale') throw stale()
      if (outcome === 'in-use') throw inUse()
      return { status: 204 }
    },
  }
}

function answer(status: number, policy: StoredPolicy): HttpResponse {
  return json(status, policyView(policy), { etag: etag(policy.version) })
}

/** Reads the name in the path. What can't be one names no policy, whatever else is wrong with the request. */
function requestedName({ params }: HttpRequest): string {
  if (params.name === undefined || !POLICY_NAME.test(params.name)) throw noSuchPolicy()
  return params.name
}

/** Reads the name that a PUT gives to a policy. @throws HttpProblem 422 `invalid-input` that names it. */
function newName({ params }: HttpRequest): string {
  const { name = '' } = params
  if (POLICY_NAME.test(name)) return name
  throw invalidInput([{ path: 'name', message: 'must be 1 to 128 letters, digits or ._~:@-' }])
}

function inUse(): HttpProblem<LimiterProblemCode> {
  return new HttpProblem<LimiterProblemCode>({
    status: 409,
    code: 'policy-in-use',
    detail: 'Other policies name this one as their parent: change or delete them first.',
  })
}
