import type { HttpRoute } from '../shared/http/handler.ts'
import { unmatchedRoute } from '../shared/http/route-table.ts'

/**
 * Creates the route `$default`, which responds with 404 and 405, as pages for people. The pages are loaded with the
 * first such request, so that no cold start pays for them.
 *
 * @param routeKeys all routes of the API, such as `GET /health`.
 */
export function unmatchedRouteWithPages(routeKeys: readonly string[]): HttpRoute {
  const route = unmatchedRoute(routeKeys)
  return async (request) => {
    const [{ withPages }, { problemPage }] = await Promise.all([
      import('../shared/http/pages.ts'),
      import('./unsubscribe/pages.ts'),
    ])
    return withPages(route, problemPage)(request)
  }
}
