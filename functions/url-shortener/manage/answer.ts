import type { Clock } from '../../shared/clock.ts'
import { etag } from '../../shared/http/conditions.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import type { LinkFields } from '../domain/fields.ts'
import { type LinkState, linkStatus } from '../domain/link.ts'

export interface LinkAnswersOptions {
  /** The base URL of the API, without a trailing slash. */
  apiUrl: string
  /** The base of short URLs, without a trailing slash. */
  publicUrl: string
  now: Clock
}

export type LinkView = ReturnType<typeof linkView>

export interface LinkAnswers {
  view: (state: LinkState) => LinkView
  /** Builds the response with one link and its ETag. */
  answer: (status: number, state: LinkState, headers?: Record<string, string>) => HttpResponse
  /** Builds the URL at which a link is managed. */
  locationOf: (state: LinkState) => string
}

export function linkAnswers({ apiUrl, publicUrl, now }: LinkAnswersOptions): LinkAnswers {
  const view: LinkAnswers['view'] = (state) => linkView(state, { baseUrl: publicUrl, now: now() })
  return {
    view,
    answer: (status, state, headers = {}) => json(status, view(state), { etag: etag(state.link.version), ...headers }),
    locationOf: ({ link }) => `${apiUrl}/v1/links/${link.code}`,
  }
}

/** Builds the JSON of a link with every field of the contract; unused fields are null or empty. */
export function linkView({ link, details, clicks }: LinkState, { baseUrl, now }: { baseUrl: string; now: number }) {
  return {
    code: link.code,
    shortUrl: `${baseUrl}/${link.code}`,
    url: link.url,
    redirect: link.redirect,
    cacheSeconds: link.cacheSeconds,
    status: linkStatus(link, now, clicks),
    createdAt: link.createdAt,
    updatedAt: link.updatedAt,
    startsAt: link.startsAt,
    expiresAt: link.expiresAt,
    expiredUrl: details.expiredUrl,
    maxClicks: link.maxClicks,
    clicks,
    hasPassword: link.passwordId !== null,
    title: link.title,
    tags: link.tags,
    forwardQuery: link.forwardQuery,
    rules: details.rules,
    createdBy: link.createdBy,
  } satisfies Omit<LinkFields, 'password'> & Record<string, unknown>
}
