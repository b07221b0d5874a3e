import { preferredType, wantsHtml } from '../../shared/http/accept.ts'
import { failureProblem, type HttpRoute } from '../../shared/http/handler.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { previewAnswer, problemAnswer, visitAnswer } from './answer.ts'
import type { PreviewLink } from './preview-link.ts'
import type { Visit, VisitLink, VisitOutcome } from './visit-link.ts'
import { visitorOf } from './visitor.ts'

export interface RedirectRouteDeps {
  visit: VisitLink
  preview: PreviewLink
  /** Checks whether a request came through the CDN. */
  isFromEdge: (request: HttpRequest, signal: AbortSignal) => Promise<boolean>
  /** The start of short URLs, without a trailing slash. */
  publicUrl: string
  /** Counts 503 responses that are no failure: the alarms of the API subtract them from its 5xx responses. */
  count: (metric: 'VisitPostponed') => void
}

/**
 * `GET|HEAD /{code}`: redirects to the link's target, or responds with the reason why not. A `+` after the code requests
 * a preview.
 */
export function redirectRoute({ visit, preview, isFromEdge, publicUrl, count }: RedirectRouteDeps): HttpRoute {
  const answer: HttpRoute = async (request) => {
    const { params, headers, signal, requestId } = request
    const asked = params.code ?? ''
    const reader = {
      requestId,
      get wantsHtml() {
        return wantsHtml(headers.accept)
      },
    }
    const code = asked.replace(PREVIEW, '')
    if (code === asked) {
      const asVisit = toVisit(request, isFromEdge)
      const outcome = await visit(asVisit, signal)
      if (isPostponed(outcome)) count('VisitPostponed')
      return visitAnswer(outcome, asVisit, reader)
    }
    const wantsJson = preferredType(headers.accept, ['text/html', 'application/json']) === 'application/json'
    return previewAnswer(await preview(code, signal), publicUrl, { ...reader, wantsJson })
  }
  return async (request) => {
    try {
      return await answer(request)
    } catch (error) {
      if (!wantsHtml(request.headers.accept)) throw error
      return problemAnswer(failureProblem(error, request), { wantsHtml: true, requestId: request.requestId })
    }
  }
}

/** API Gateway decodes the path once. A `+` that was encoded twice means the same. */
const PREVIEW = /(?:\+|%2B)$/i

/** Checks whether a visit gets a 503 although nothing failed. */
function isPostponed({ outcome }: VisitOutcome): boolean {
  return outcome === 'later' || outcome === 'busy'
}

function toVisit(request: HttpRequest, isFromEdge: RedirectRouteDeps['isFromEdge']): Visit {
  return {
    code: request.params.code ?? '',
    isHead: request.method === 'HEAD',
    visitor: visitorOf(request, { isFromEdge: false }),
    located: async (signal) => visitorOf(request, { isFromEdge: await isFromEdge(request, signal) }),
    query: request.rawQuery,
    cookies: request.cookies,
    cause: request.cause,
  }
}
