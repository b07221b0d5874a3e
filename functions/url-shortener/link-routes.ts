import { type Principal, requirePrincipal, type Tenancy } from '../shared/auth/principal.ts'
import { etag, ifMatch, stale } from '../shared/http/conditions.ts'
import type { Cursors, Position } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import type { Idempotency } from '../shared/http/idempotency.ts'
import { type HttpRequest, jsonBody } from '../shared/http/request.ts'
import { HttpProblem, type HttpResponse, json } from '../shared/http/response.ts'
import { validate } from '../shared/http/validate.ts'
import { type Link, linkView } from './link.ts'
import { changeLinkBody, createLinkBody, listLinksQuery } from './link-schema.ts'
import type { LinkUseCases } from './link-use-cases.ts'
import type { LinkPosition } from './list-links.ts'
import { noSuchLink, requestedCode } from './requested-code.ts'

export interface LinkRoutesOptions {
  useCases: LinkUseCases
  cursors: Cursors
  idempotency: Idempotency
  count: (metric: 'LinkCreated' | 'LinkChanged' | 'LinkDeleted') => void
  /** Where the API itself answers, without a trailing slash. */
  apiUrl: string
  /** What short URLs start with, without a trailing slash. */
  publicUrl: string
  tenancy: Tenancy
  /** Milliseconds since the epoch. */
  now: () => number
}

const READ = 'links:read'
const WRITE = 'links:write'

/** The management routes of links, `/v1/links`: from requests to use cases, and from outcomes to answers. */
export function linkRoutes(options: LinkRoutesOptions): Record<string, HttpRoute> {
  const { useCases, cursors, idempotency, count, apiUrl, publicUrl, tenancy, now } = options
  const view = (link: Link) =>
    linkView({ ...link, expiredUrl: null, rules: [], clicks: 0 }, { baseUrl: publicUrl, now: now() })
  const answer = (status: number, link: Link, headers: Record<string, string> = {}) =>
    json(status, view(link), { etag: etag(link.version), ...headers })

  const create = async (request: HttpRequest, { sub, tenant }: Principal, operationId: string) => {
    const body = validate(createLinkBody, jsonBody(request))
    const result = await useCases.create(
      { ...body, tenant, createdBy: sub, operationId, cause: request.cause },
      request.signal,
    )
    if (result.outcome === 'alias-taken') throw taken(body.alias)
    if (result.outcome === 'alias-reserved') throw reserved(body.alias)
    if (result.outcome === 'invalid-url') throw invalidUrl(result.reason)
    count('LinkCreated')
    return answer(201, result.link, { location: `${apiUrl}/v1/links/${result.link.code}` })
  }

  return {
    async 'POST /v1/links'(request) {
      const principal = requirePrincipal(request, WRITE, tenancy)
      return idempotency(request, principal, (operationId) => create(request, principal, operationId))
    },

    async 'GET /v1/links'(request) {
      const { tenant } = requirePrincipal(request, READ, tenancy)
      const { limit, cursor, ...filter } = validate(listLinksQuery, request.query)
      const scope = { tenant, query: { list: 'links', ...filter } }
      const after = cursor === undefined ? undefined : toPosition(await cursors.open(cursor, scope, request.signal))
      const { links, next } = await useCases.list({ tenant, limit, after, ...filter }, request.signal)
      const position = next && { ...next }
      return json(200, {
        items: links.map(view),
        nextCursor: position ? await cursors.seal({ ...scope, position }, request.signal) : null,
      })
    },

    async 'GET /v1/links/{code}'(request) {
      const { tenant } = requirePrincipal(request, READ, tenancy)
      const link = await useCases.get({ tenant, code: requestedCode(request) }, request.signal)
      if (!link) throw noSuchLink()
      return answer(200, link)
    },

    async 'PATCH /v1/links/{code}'(request) {
      const { tenant } = requirePrincipal(request, WRITE, tenancy)
      const changes = validate(changeLinkBody, jsonBody(request))
      const selector = { tenant, code: requestedCode(request), ifMatch: ifMatch(request) }
      const result = await useCases.change({ selector, changes, cause: request.cause }, request.signal)
      if (result.outcome === 'invalid-url') throw invalidUrl(result.reason)
      if (result.outcome !== 'changed') throw missing(result.outcome)
      count('LinkChanged')
      return answer(200, result.link)
    },

    async 'DELETE /v1/links/{code}'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, WRITE, tenancy)
      const selector = { tenant, code: requestedCode(request), ifMatch: ifMatch(request) }
      const { outcome } = await useCases.remove({ selector, cause: request.cause }, request.signal)
      if (outcome !== 'removed') throw missing(outcome)
      count('LinkDeleted')
      return { status: 204 }
    },
  }
}

function toPosition({ createdAt, code }: Position): LinkPosition {
  return { createdAt: String(createdAt), code: String(code) }
}

function missing(outcome: 'not-found' | 'stale'): HttpProblem {
  return outcome === 'stale' ? stale() : noSuchLink()
}

function taken(alias: string | undefined): HttpProblem {
  return new HttpProblem({ status: 409, code: 'alias-taken', detail: `The alias ${alias} was given out before.` })
}

function reserved(alias: string | undefined): HttpProblem {
  return new HttpProblem({ status: 409, code: 'alias-reserved', detail: `The alias ${alias} is reserved.` })
}

function invalidUrl(reason: string): HttpProblem {
  const errors = [{ path: 'url', message: reason }]
  return new HttpProblem({ status: 422, code: 'invalid-url', detail: `The url ${reason}.`, errors })
}
