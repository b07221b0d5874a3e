import { wantsHtml } from './accept.ts'
import { failureResponse, type HttpRoute } from './handler.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse, Problem } from './response.ts'

/** The parts of a problem that a page can show. */
export type ShownProblem = Pick<Problem<string>, 'status' | 'code' | 'detail' | 'errors'> & {
  headers: Record<string, string>
}

/** Draws a page for people of what programs get as a problem. */
export type ProblemPage = (problem: ShownProblem, request: HttpRequest) => HttpResponse

/**
 * A route that answers with pages where it has problems for programs, with the same status and fields. `Accept` is read
 * only then, so that a route that mostly succeeds pays nothing.
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
