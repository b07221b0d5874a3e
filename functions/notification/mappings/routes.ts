import type * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { etag, preconditions, stale } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import type { Documents } from '../documents.ts'
import type { Document, DocumentId } from '../domain/document.ts'
import type { MappingDefinition } from '../domain/mapping.ts'
import { existingName, MANAGE, newName } from '../fields.ts'
import { notFound } from '../problems.ts'
import { pathProblem, pathsIn } from './check-path.ts'
import { mappingBody, mappingView } from './schema.ts'

/** A notification that fails is an event itself: a mapping of it would never end. */
const OWN = 'notification.'

/** The paths that one mapping may have in its data. */
const MAX_PATHS = 20

/** The routes of mappings. */
export function mappingRoutes({
  documents,
  tenancy,
}: {
  documents: Documents
  tenancy: Tenancy
}): Record<string, HttpRoute> {
  return {
    async 'GET /v1/mappings/{detailType}'(request) {
      const id = requestedMapping(request, tenancy)
      const mapping = await documents.read<MappingDefinition>(id, request.signal)
      if (!mapping) throw noSuchMapping()
      return answer(200, id.name, mapping)
    },

    async 'PUT /v1/mappings/{detailType}'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const body = validate(mappingBody, jsonBody(request))
      const name = newName(request, 'detailType', body.detailType)
      if (name.startsWith(OWN)) throw invalidInput([{ path: 'detailType', message: `can’t begin with ${OWN}` }])
      const id = { tenant, kind: 'mapping', name } as const
      const change = { id, value: toDefinition(body), conditions: preconditions(request) }
      const result = await documents.put(change, request.signal)
      if (result.outcome === 'stale') throw stale()
      return answer(result.outcome === 'created' ? 201 : 200, name, result.document)
    },

    async 'DELETE /v1/mappings/{detailType}'(request): Promise<HttpResponse> {
      const id = requestedMapping(request, tenancy)
      const outcome = await documents.remove({ id, conditions: preconditions(request) }, request.signal)
      if (outcome === 'not-found') throw noSuchMapping()
      if (outcome === 'stale') throw stale()
      return { status: 204 }
    },
  }
}

/** @throws HttpProblem 422 for paths that can't be used. */
function toDefinition({ recipients, category, template, data }: z.output<typeof mappingBody>): MappingDefinition {
  const inData = pathsIn(data, 'data')
  if (inData.length > MAX_PATHS) {
    throw invalidInput([{ path: 'data', message: `must have at most ${MAX_PATHS} paths` }])
  }
  const errors = [{ place: 'recipients', path: recipients }, ...inData].flatMap(({ place, path }) => {
    const message = pathProblem(path)
    return message === undefined ? [] : [{ path: place, message }]
  })
  if (errors.length > 0) throw invalidInput(errors)
  return { recipients, category, template, data: data ?? null }
}

function requestedMapping(request: HttpRequest, tenancy: Tenancy): Extract<DocumentId, { kind: 'mapping' }> {
  const { tenant } = requirePrincipal(request, MANAGE, tenancy)
  return { tenant, kind: 'mapping', name: existingName(request, 'detailType', noSuchMapping) }
}

function answer(status: number, name: string, mapping: Document<MappingDefinition>): HttpResponse {
  return json(status, mappingView(name, mapping), { etag: etag(mapping.version) })
}

function noSuchMapping() {
  return notFound('There is no mapping for this type.')
}
