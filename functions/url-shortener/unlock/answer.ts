import { failureResponse, type HttpRoute } from '../../shared/http/handler.ts'
import { wantsHtml } from '../../shared/http/html.ts'
import { HttpProblem, type HttpResponse } from '../../shared/http/response.ts'
import { htmlResponse, messagePage, passwordPage } from '../pages.ts'
import { type LinkProblemCode, REFUSALS, type RefusalCode } from '../problems.ts'

export function wrongPassword(): HttpProblem<LinkProblemCode> {
  const detail = 'This is not the password of the link.'
  return new HttpProblem<LinkProblemCode>({ status: 401, code: 'wrong-password', detail })
}

/** A route that answers people's browsers with pages, where it has a problem for programs. */
export function forPeople(route: HttpRoute): HttpRoute {
  return async (request) => {
    if (!wantsHtml(request.headers.accept)) return route(request)
    const response = await route(request).catch((error: unknown) => failureResponse(error, request))
    return response.status < 400 ? response : toPage(response)
  }
}

/** The same status, and the fields that say when to come again. */
function toPage({ status, headers = {}, body }: HttpResponse): HttpResponse {
  const page = htmlResponse(status, htmlOf(status, headers, body as { code: string; detail: string }))
  return { ...page, headers: { ...headers, ...page.headers } }
}

function htmlOf(status: number, headers: Record<string, string>, { code, detail }: { code: string; detail: string }) {
  // An empty or endless password is a wrong one, too: the form says best what to do.
  if (code === 'wrong-password' || code === 'invalid-input') return passwordPage({ action: 'unlock', isWrong: true })
  if (status === 429) {
    const message = `This link takes no more passwords for now. Wait ${waitOf(headers)}, then open it again.`
    return messagePage({ title: 'Try again later', message })
  }
  const title = code in REFUSALS ? REFUSALS[code as RefusalCode][1] : 'This did not work'
  return messagePage({ title, message: detail })
}

function waitOf(headers: Record<string, string>): string {
  const seconds = Number(headers['retry-after'])
  if (seconds === 1) return 'a second'
  return seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`
}
