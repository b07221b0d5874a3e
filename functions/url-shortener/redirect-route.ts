import type { HttpRoute } from '../shared/http/handler.ts'
import { HttpProblem } from '../shared/http/response.ts'
import type { Link } from './link.ts'

/** `GET|HEAD /{code}`: 302 to the link's target, or 404. */
export function redirectRoute(resolve: (code: string) => Promise<Link | undefined>): HttpRoute {
  return async ({ params }) => {
    const link = await resolve(params.code ?? '')
    if (!link) throw new HttpProblem({ status: 404, code: 'not-found', detail: 'There is no link with this code.' })
    return { status: 302, headers: { location: link.url } }
  }
}
