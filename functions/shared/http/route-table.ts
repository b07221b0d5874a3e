import type { HttpRequest } from './request.ts'
import { HttpProblem, type HttpResponse } from './response.ts'

/**
 * Creates the `$default` route of an HTTP API: it responds with 405 and `Allow` if the path exists with another method,
 * otherwise with 404.
 *
 * @param routeKeys all routes of the API, such as `GET /{code}`; the stack passes them in `HTTP_ROUTES`.
 */
export function unmatchedRoute(routeKeys: readonly string[]): (request: HttpRequest) => Promise<HttpResponse> {
  const routes = routeKeys.map((routeKey) => {
    const [method = '', template = ''] = routeKey.split(' ', 2)
    return { method, pattern: pathPattern(template) }
  })
  return async ({ path, method }) => {
    // `/health` also matches `/{code}`: two routes may match a path with the same method.
    const allowed = [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map((route) => route.method))]
    if (allowed.length === 0) {
      throw new HttpProblem({ status: 404, code: 'not-found', detail: 'There is nothing at this path.' })
    }
    throw new HttpProblem({
      status: 405,
      code: 'method-not-allowed',
      detail: `This path takes ${allowed.join(', ')}, not ${method}.`,
      headers: { allow: allowed.join(', ') },
    })
  }
}

/** Builds the pattern of a path such as `/v1/links/{code}`, in which a name in braces matches one segment. */
function pathPattern(template: string): RegExp {
  const source = template
    .split('/')
    .map((segment) => (/^\{\w+\}$/.test(segment) ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/')
  return new RegExp(`^${source}$`)
}
