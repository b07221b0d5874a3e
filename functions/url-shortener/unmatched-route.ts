import type { HttpRoute } from '../shared/http/handler.ts'
import { type ProblemPage, withPages } from '../shared/http/pages.ts'
import { unmatchedRoute } from '../shared/http/route-table.ts'
import { CODE_PATTERN } from './domain/code.ts'
import { htmlResponse, messagePage } from './pages.ts'

export interface UnmatchedRouteOptions {
  /** All routes of the API, as in `GET /{code}`. */
  routeKeys: readonly string[]
  /** What short links start with, without a trailing slash. */
  publicUrl: string
}

/** Where the form for a link's password is sent: whoever opens it later sees it in the address bar. */
const UNLOCK = new RegExp(`^/(${CODE_PATTERN})/unlock$`)

/**
 * `$default`: 404 and 405 as everywhere, and pages for people. Nobody is sent on from an address of a password, because
 * opening the link may cost a visit of its cap: a page leads there.
 */
export function unmatchedLinkRoute({ routeKeys, publicUrl }: UnmatchedRouteOptions): HttpRoute {
  const draw: ProblemPage = ({ status, detail }, { path }) => {
    const code = UNLOCK.exec(path)?.[1]
    if (code === undefined) {
      const title = status === 404 ? 'Nothing here' : 'This address is not a page'
      return htmlResponse(status, messagePage({ title, message: detail }))
    }
    const message = 'A password is entered on the page of its short link. Open the link to get there.'
    const go = { href: `${publicUrl}/${code}`, text: 'Open the link' }
    return htmlResponse(status, messagePage({ title: 'Enter the password on the link’s page', message, go }))
  }
  return withPages(unmatchedRoute(routeKeys), draw)
}
