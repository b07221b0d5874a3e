import { type HttpResponse, json, type Problem, problemResponse } from '../../shared/http/response.ts'
import { htmlResponse, messagePage, passwordPage, previewPage, withheldPage } from '../pages.ts'
import { REFUSALS, type RefusalCode } from '../problems.ts'
import type { Preview, PreviewOutcome } from './preview-link.ts'
import type { Redirect, VisitOutcome } from './visit-link.ts'

/** Who gets an answer. */
export interface Reader {
  wantsHtml: boolean
  requestId: string
}

export function visitAnswer(outcome: VisitOutcome, code: string, reader: Reader): HttpResponse {
  switch (outcome.outcome) {
    case 'redirect':
      return redirect(outcome)
    case 'locked':
      return htmlResponse(200, passwordPage({ action: `${code}/unlock`, isWrong: false }))
    case 'withheld':
      return htmlResponse(200, withheldPage())
    case 'later':
    case 'busy':
      return problemAnswer(postponed(POSTPONED[outcome.outcome]), reader)
    default:
      return refusalAnswer(outcome.outcome, reader)
  }
}

/** @param baseUrl what short links start with. */
export function previewAnswer(outcome: PreviewOutcome, baseUrl: string, reader: Reader & { wantsJson: boolean }) {
  if (outcome.outcome !== 'preview') return refusalAnswer(outcome.outcome, reader)
  const { preview } = outcome
  return reader.wantsJson && !reader.wantsHtml ? json(200, preview) : previewHtml(preview, baseUrl)
}

/** A problem in the words of whoever reads it. */
export function problemAnswer(problem: Problem<string>, { wantsHtml, requestId }: Reader): HttpResponse {
  const { title = 'This did not work', ...rest } = problem
  if (!wantsHtml) return problemResponse(rest, requestId)
  const page = htmlResponse(problem.status, messagePage({ title, message: problem.detail }))
  return { ...page, headers: { ...page.headers, ...problem.headers } }
}

const POSTPONED = {
  later: 'This link is opened only when a person asks for it.',
  busy: 'Too many open this link at once. Try again soon.',
}

function postponed(detail: string): Problem {
  return { status: 503, code: 'unavailable', detail, headers: { 'retry-after': '1' } }
}

function redirect({ status, url, remember }: Redirect): HttpResponse {
  return {
    status,
    headers: {
      ...(url !== null && { location: url }),
      ...(remember && { 'cache-control': `${remember.scope}, max-age=${remember.seconds}` }),
    },
  }
}

function refusalAnswer(code: RefusalCode, reader: Reader): HttpResponse {
  const [status, title, detail] = REFUSALS[code]
  return problemAnswer({ status, code, detail, title }, reader)
}

function previewHtml({ code, url, title, createdAt }: Preview, baseUrl: string): HttpResponse {
  return htmlResponse(200, previewPage({ shortUrl: `${baseUrl}/${code}`, url, title, createdAt }))
}
