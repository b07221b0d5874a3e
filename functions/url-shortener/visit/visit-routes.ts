import type { Clock, Random } from '../../shared/clock.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { previewLink } from './preview-link.ts'
import { type ResolveDetailsDeps, type ResolveLinkDeps, resolveDetails, resolveLink } from './resolve-link.ts'
import { type RedirectRouteDeps, redirectRoute } from './route.ts'
import { type VisitLinkDeps, visitLink } from './visit-link.ts'

const ROBOTS = `User-agent: *
Disallow: /v1/
`

/** `GET|HEAD /robots.txt`: crawlers may follow links, and should not call the API. */
export function robotsRoute(): HttpRoute {
  return async () => ({
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=86400' },
    body: ROBOTS,
  })
}

export interface VisitRoutesOptions
  extends Pick<VisitLinkDeps, 'spend' | 'readCap' | 'recordEnd' | 'recordClick' | 'isUnlocked'>,
    Omit<RedirectRouteDeps, 'visit' | 'preview'> {
  read: ResolveLinkDeps['read']
  readDetails: ResolveDetailsDeps['read']
  now: Clock
  random: Random
}

/** Builds all routes of visitors, with their use cases. */
export function visitRoutes(options: VisitRoutesOptions): Record<string, HttpRoute> {
  const { read, readDetails, now, random } = options
  // Preview and visit share one cache of links.
  const links = {
    resolve: resolveLink({ read, now, random }),
    resolveDetails: resolveDetails({ read: readDetails, now, random }),
    now,
  }
  const redirect = redirectRoute({
    ...options,
    visit: visitLink({ ...options, ...links }),
    preview: previewLink(links),
  })
  const robots = robotsRoute()
  return {
    'GET /{code}': redirect,
    'HEAD /{code}': redirect,
    'GET /robots.txt': robots,
    'HEAD /robots.txt': robots,
  }
}
