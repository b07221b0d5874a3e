import { wantsHtml } from './accept.ts'
import { failureResponse, type HttpRoute } from './handler.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse, Problem } from './response.ts'

/** The parts of a problem that a page can show. */
export type ShownProblem = Pick<Problem<string>, 'status' | 'code' | 'detail' | 'errors'> & {
  headers: Record<string, string>
}

/** Renders a page for people from the problem that programs get. */
export type ProblemPage = (problem: ShownProblem, request: HttpRequest) => HttpResponse

/**
 * Wraps a route so that clients that prefer HTML get its problems as pages, with the same status and headers. `Accept`
 * is only read after a failure, so that a successful request costs nothing.
 */
export function withPages(route: HttpRoute, draw: ProblemPage): HttpRoute {
  return async (request) => {
    const response = await route(request).catch((error: unknown) => failureResponse(error, request))
    if (response.status < 400 || !wantsHtml(request.headers.accept)) return response
    const { status, headers = {} } = response
    const { code, detail, errors } = response.body as Pick<Problem<string>, 'code' | 'detail' | 'errors'>
    const page = draw({ status, code, detail, headers, ...(errors && { errors }) }, request)
    return { ...page, status, headers: { ...headers, ...page.headers } }
  }
}
