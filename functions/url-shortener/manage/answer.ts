import type { Clock } from '../../shared/clock.ts'
import { etag } from '../../shared/http/conditions.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { type LinkState, linkView, wholeLink } from '../domain/link.ts'

export interface LinkAnswersOptions {
  /** Where the API itself answers, without a trailing slash. */
  apiUrl: string
  /** What short URLs start with, without a trailing slash. */
  publicUrl: string
  now: Clock
}

/** How links are answered. */
export interface LinkAnswers {
  view: (state: LinkState) => ReturnType<typeof linkView>
  /** One link, with its version. */
  answer: (status: number, state: LinkState, headers?: Record<string, string>) => HttpResponse
  /** Where a link is managed. */
  locationOf: (state: LinkState) => string
}

export function linkAnswers({ apiUrl, publicUrl, now }: LinkAnswersOptions): LinkAnswers {
  const view: LinkAnswers['view'] = (state) => linkView(wholeLink(state), { baseUrl: publicUrl, now: now() })
  return {
    view,
    answer: (status, state, headers = {}) => json(status, view(state), { etag: etag(state.link.version), ...headers }),
    locationOf: ({ link }) => `${apiUrl}/v1/links/${link.code}`,
  }
}
