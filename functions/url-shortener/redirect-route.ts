import type { HttpRoute } from '../shared/http/handler.ts'
import { HttpProblem } from '../shared/http/response.ts'
import { isDeleted } from './link.ts'
import type { ResolveLink } from './resolve-link.ts'

/** `GET|HEAD /{code}`: 302 to the link's target, 410 for a deleted one, 451 for a blocked one, else 404. */
export function redirectRoute(resolve: ResolveLink): HttpRoute {
  return async ({ params, signal }) => {
    const link = await resolve(params.code ?? '', signal)
    if (!link) throw new HttpProblem({ status: 404, code: 'not-found', detail: 'There is no link with this code.' })
    if (isDeleted(link)) throw new HttpProblem({ status: 410, code: 'deleted', detail: 'This link was deleted.' })
    if (link.blockedAt !== null)
      throw new HttpProblem({ status: 451, code: 'blocked', detail: 'This link is blocked.' })
    return { status: 302, headers: { location: link.url } }
  }
}
