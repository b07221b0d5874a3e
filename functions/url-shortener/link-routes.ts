import { requirePrincipal, type Tenancy } from '../shared/auth/principal.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { jsonBody } from '../shared/http/request.ts'
import { HttpProblem, json } from '../shared/http/response.ts'
import { validate } from '../shared/http/validate.ts'
import type { CreateLinkInput, CreateLinkResult } from './create-link.ts'
import { linkEtag, linkView } from './link.ts'
import { createLinkBody } from './link-schema.ts'

export interface CreateLinkRouteOptions {
  createLink: (input: CreateLinkInput) => Promise<CreateLinkResult>
  /** Where the API itself answers, without a trailing slash. */
  apiUrl: string
  /** What short URLs start with, without a trailing slash. */
  publicUrl: string
  tenancy: Tenancy
}

/** `POST /v1/links` */
export function createLinkRoute({ createLink, apiUrl, publicUrl, tenancy }: CreateLinkRouteOptions): HttpRoute {
  return async (request) => {
    const { tenant, sub } = requirePrincipal(request, 'links:write', tenancy)
    const { url, alias } = validate(createLinkBody, jsonBody(request))
    const result = await createLink({ tenant, createdBy: sub, url, alias })
    switch (result.outcome) {
      case 'created':
        return json(201, linkView(result.link, publicUrl), {
          etag: linkEtag(result.link),
          location: `${apiUrl}/v1/links/${result.link.code}`,
        })
      case 'alias-taken':
        throw new HttpProblem({ status: 409, code: 'alias-taken', detail: `The alias ${alias} was given out before.` })
      case 'alias-reserved':
        throw new HttpProblem({ status: 409, code: 'alias-reserved', detail: `The alias ${alias} is reserved.` })
      case 'invalid-url':
        throw new HttpProblem({
          status: 422,
          code: 'invalid-url',
          detail: `The url ${result.reason}.`,
          errors: [{ path: 'url', message: result.reason }],
        })
    }
  }
}
