import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { preconditions } from '../../shared/http/conditions.ts'
import type { Cursors, Position } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { refusal, requestedCode } from '../problems.ts'
import type { LinkAnswers } from './answer.ts'
import type { LinkPosition } from './list-links.ts'
import { endsTooEarly, invalidUrl, missing } from './problems.ts'
import { changeLinkBody, listLinksQuery } from './schema.ts'
import type { LinkUseCases } from './use-cases.ts'

export interface LinkRoutesOptions extends LinkAnswers {
  useCases: Omit<LinkUseCases, 'create'>
  cursors: Cursors
  tenancy: Tenancy
}

const READ = 'links:read'
const WRITE = 'links:write'

/** Creates the routes of existing links: they map requests to use cases, and outcomes to responses. */
export function linkRoutes(options: LinkRoutesOptions): Record<string, HttpRoute> {
  const { useCases, cursors, view, answer, tenancy } = options
  return {
    async 'GET /v1/links'(request) {
      const { tenant } = requirePrincipal(request, READ, tenancy)
      const { limit, cursor, ...filter } = validate(listLinksQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'links', ...filter } }
      const after = cursor === undefined ? undefined : toPosition(await cursors.open(cursor, scope, request.signal))
      const { states, next } = await useCases.list({ tenant, limit, after, ...filter }, request.signal)
      const position = next && { ...next }
      return json(200, {
        items: states.map(view),
        nextCursor: position ? await cursors.seal({ ...scope, position }, request.signal) : null,
      })
    },

    async 'GET /v1/links/{code}'(request) {
      const { tenant } = requirePrincipal(request, READ, tenancy)
      const state = await useCases.get({ tenant, code: requestedCode(request) }, request.signal)
      if (!state) throw refusal('not-found')
      return answer(200, state)
    },

    async 'PATCH /v1/links/{code}'(request) {
      const { tenant } = requirePrincipal(request, WRITE, tenancy)
      const fields = validate(changeLinkBody, jsonBody(request))
      const selector = { tenant, code: requestedCode(request), ...preconditions(request) }
      const result = await useCases.change({ selector, fields, cause: request.cause }, request.signal)
      if (result.outcome === 'invalid-url') throw invalidUrl(result.errors)
      if (result.outcome === 'ends-too-early') throw endsTooEarly()
      if (result.outcome !== 'changed') throw missing(result.outcome)
      return answer(200, result.state)
    },

    async 'DELETE /v1/links/{code}'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, WRITE, tenancy)
      const selector = { tenant, code: requestedCode(request), ...preconditions(request) }
      const { outcome } = await useCases.remove({ selector, cause: request.cause }, request.signal)
      if (outcome !== 'removed') throw missing(outcome)
      return { status: 204 }
    },
  }
}

function toPosition({ createdAt, code }: Position): LinkPosition {
  return { createdAt: String(createdAt), code: String(code) }
}
