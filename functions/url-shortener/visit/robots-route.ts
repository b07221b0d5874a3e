import type { HttpRoute } from '../../shared/http/handler.ts'

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
