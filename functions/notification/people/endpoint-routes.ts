import type { Tenancy } from '../../shared/auth/principal.ts'
import { etag, preconditions, stale } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import type { JudgeUrl } from '../../shared/outbound/resolve-url.ts'
import { addressRule } from '../domain/address.ts'
import type { StoredEndpoint } from '../domain/person.ts'
import { existingName, newName, requestedUser, URL_RULES } from '../fields.ts'
import { endpointTaken, notFound, tooManyEndpoints } from '../problems.ts'
import type { UserId } from './preferences.ts'
import { type EndpointDefinition, MAX_ENDPOINTS, type PutEndpoint, type RemoveEndpoint } from './put-endpoint.ts'
import { endpointBody, listEndpointsQuery } from './schema.ts'
import { endpointView } from './view.ts'

/** Reads a page of a user's endpoints by id; `after` is the last id of the page before. */
export type ListEndpoints = (
  query: UserId & { after: string | undefined; limit: number },
  signal: AbortSignal,
) => Promise<{ endpoints: readonly StoredEndpoint[]; next?: string }>

export interface EndpointRoutesOptions {
  judgeUrl: JudgeUrl
  put: PutEndpoint
  remove: RemoveEndpoint
  list: ListEndpoints
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes of users' endpoints. */
export function endpointRoutes(options: EndpointRoutesOptions): Record<string, HttpRoute> {
  const { put, remove, list, judgeUrl, cursors, tenancy } = options
  return {
    async 'GET /v1/users/{id}/endpoints'(request) {
      const { tenant, userId } = requestedUser(request, tenancy)
      const { limit, cursor } = validate(listEndpointsQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'endpoints', userId } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && String(position.id)
      const { endpoints, next } = await list({ tenant, userId, limit, after }, request.signal)
      return json(200, {
        items: endpoints.map(endpointView),
        nextCursor:
          next === undefined ? null : await cursors.seal({ ...scope, position: { id: next } }, request.signal),
      })
    },

    async 'PUT /v1/users/{id}/endpoints/{endpointId}'(request) {
      const { tenant, userId } = requestedUser(request, tenancy)
      const { id, definition } = requestedEndpoint(request)
      const refusal = definition.channel === 'webhook' && (await judgeUrl(definition.address, request.signal))
      if (refusal) throw invalidInput([{ path: 'address', message: URL_RULES[refusal] }])
      const input = { tenant, userId, id, definition, conditions: preconditions(request) }
      const result = await put(input, request.signal)
      if (result.outcome === 'stale') throw stale()
      if (result.outcome === 'taken') throw endpointTaken()
      if (result.outcome === 'too-many') throw tooManyEndpoints(MAX_ENDPOINTS)
      return answer(result.outcome === 'created' ? 201 : 200, result)
    },

    async 'DELETE /v1/users/{id}/endpoints/{endpointId}'(request): Promise<HttpResponse> {
      const { tenant, userId } = requestedUser(request, tenancy)
      const id = existingName(request, 'endpointId', noSuchEndpoint)
      const outcome = await remove({ tenant, userId, id, conditions: preconditions(request) }, request.signal)
      if (outcome === 'not-found') throw noSuchEndpoint()
      if (outcome === 'stale') throw stale()
      return { status: 204 }
    },
  }
}

function requestedEndpoint(request: HttpRequest): { id: string; definition: EndpointDefinition } {
  const body = validate(endpointBody, jsonBody(request))
  const { channel, address, secret, enabled } = body
  if (body.id !== undefined && body.id !== request.params.endpointId) {
    throw invalidInput([{ path: 'id', message: 'must be the id in the path' }])
  }
  const problem = addressRule(channel, address)
  if (problem !== undefined) throw invalidInput([{ path: 'address', message: problem }])
  if (secret && channel !== 'webhook') throw invalidInput([{ path: 'secret', message: 'is for webhooks only' }])
  const definition = { channel, address, enabled, secret: secret ?? undefined }
  return { id: newName(request, 'endpointId'), definition }
}

function answer(status: number, { endpoint, secret }: { endpoint: StoredEndpoint; secret?: string }): HttpResponse {
  const body = { ...endpointView(endpoint), ...(secret !== undefined && { secret }) }
  return json(status, body, { etag: etag(endpoint.version) })
}

function noSuchEndpoint() {
  return notFound('The user has no endpoint with this id.')
}
