import type { Visit } from '../../../functions/url-shortener/visit/visit-link.ts'
import { type Visitor, visitorOf } from '../../../functions/url-shortener/visit/visitor.ts'
import { httpEvent, requestOf } from '../../support/events.ts'
import { CAUSE } from '../a-link.ts'

/** The headers of each kind of visitor. */
export const VISITORS = {
  person: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
  bot: { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
  prefetch: {
    'user-agent':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    'sec-purpose': 'prefetch;prerender',
  },
} as const

/** The kinds of visits: one of the visitors by GET, or a person by HEAD. */
export type Who = keyof typeof VISITORS | 'head'

export function aVisitor(headers: Record<string, string> = VISITORS.person, isFromEdge = false): Visitor {
  return visitorOf(requestOf(httpEvent({ routeKey: 'GET /{code}', headers })), { isFromEdge })
}

export function aVisit(who: Who = 'person', overrides: Partial<Visit> = {}): Visit {
  const visitor = aVisitor(VISITORS[who === 'head' ? 'person' : who])
  return {
    code: 'abc',
    isHead: who === 'head',
    visitor,
    located: async () => visitor,
    query: '',
    cookies: [],
    cause: CAUSE,
    ...overrides,
  }
}
