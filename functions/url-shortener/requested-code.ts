import type { HttpRequest } from '../shared/http/request.ts'
import { HttpProblem } from '../shared/http/response.ts'
import { isCode } from './domain/code.ts'

/** What can't be a code has no link, whatever else is wrong with the request. */
export function requestedCode({ params }: HttpRequest): string {
  if (params.code === undefined || !isCode(params.code)) throw noSuchLink()
  return params.code
}

export function noSuchLink(): HttpProblem {
  return new HttpProblem({ status: 404, code: 'not-found', detail: 'There is no link with this code.' })
}
