import { type HttpResponse, json, type Problem, problemResponse } from '../../shared/http/response.ts'
import { htmlResponse, passwordPage, previewPage, problemPage, withheldPage } from '../pages.ts'
import { REFUSALS, type RefusalCode } from '../problems.ts'
import { withQuery } from '../visitor-query.ts'
import type { PreviewOutcome } from './preview-link.ts'
import type { Redirect, Visit, VisitOutcome } from './visit-link.ts'

/** The part of a request that decides the format of its response. */
export interface Reader {
  wantsHtml: boolean
  requestId: string
}

/** @param query as the visitor sent it, without the question mark: the form for the password keeps it. */
export function visitAnswer(
  outcome: VisitOutcome,
  { code, query }: Pick<Visit, 'code' | 'query'>,
  reader: Reader,
): HttpResponse {
  switch (outcome.outcome) {
    case 'redirect':
      return redirect(outcome)
    case 'locked':
      return htmlResponse(200, passwordPage({ action: withQuery(`${code}/unlock`, query) }))
    case 'withheld':
      return htmlResponse(200, withheldPage())
    case 'later':
    case 'busy':
      return problemAnswer(postponed(POSTPONED[outcome.outcome]), reader)
    default:
      return refusalAnswer(outcome.outcome, reader)
  }
}

/** @param baseUrl the start of short URLs, without a trailing slash. */
export function previewAnswer(outcome: PreviewOutcome, baseUrl: string, reader: Reader & { wantsJson: boolean }) {
  if (outcome.outcome !== 'preview') return refusalAnswer(outcome.outcome, reader)
  const { forwardQuery, ...body } = outcome.preview
  if (reader.wantsJson) return json(200, body)
  return htmlResponse(200, previewPage({ ...body, shortUrl: `${baseUrl}/${body.code}`, forwardQuery }))
}

/** Builds the response of a problem: a page for people, problem+json for programs. */
export function problemAnswer(problem: Problem<string>, { wantsHtml, requestId }: Reader): HttpResponse {
  const { title, ...rest } = problem
  return wantsHtml ? problemPage({ ...rest, title }) : problemResponse(rest, requestId)
}

const POSTPONED = {
  later: 'This link cannot be prefetched: it opens when a person follows it.',
  busy: 'This link has too many visits at once. Try again soon.',
}

function postponed(detail: string): Problem {
  return { status: 503, code: 'unavailable', detail, headers: { 'retry-after': '1' } }
}

function redirect({ status, url, cache }: Redirect): HttpResponse {
  return {
    status,
    headers: {
      ...(url !== null && { location: url }),
      ...(cache && { 'cache-control': `${cache.scope}, max-age=${cache.seconds}` }),
    },
  }
}

function refusalAnswer(code: RefusalCode, reader: Reader): HttpResponse {
  const [status, title, detail] = REFUSALS[code]
  return problemAnswer({ status, code, detail, title }, reader)
}
