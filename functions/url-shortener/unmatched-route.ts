import type { HttpRoute } from '../shared/http/handler.ts'
import { type ProblemPage, withPages } from '../shared/http/pages.ts'
import { unmatchedRoute } from '../shared/http/route-table.ts'
import { CODE_PATTERN } from './domain/code.ts'
import { htmlResponse, messagePage } from './pages.ts'
import { withQuery } from './visitor-query.ts'

export interface UnmatchedRouteOptions {
  /** All routes of the API, such as `GET /{code}`. */
  routeKeys: readonly string[]
  /** The start of short URLs, without a trailing slash. */
  publicUrl: string
}

/** The path to which the password form is sent, which the address bar shows after a wrong password. */
const UNLOCK = new RegExp(`^/(${CODE_PATTERN})/unlock$`)

/**
 * Creates the route `$default`, which responds with 404 and 405, as pages for people. The address of the password form
 * shows a page with the link instead of a redirect, because opening the link may use up a visit of its cap.
 */
export function unmatchedLinkRoute({ routeKeys, publicUrl }: UnmatchedRouteOptions): HttpRoute {
  const draw: ProblemPage = ({ status, detail }, { path, rawQuery }) => {
    const code = UNLOCK.exec(path)?.[1]
    if (code === undefined) {
      const title = status === 404 ? 'Nothing here' : 'This address is not a page'
      return htmlResponse(status, messagePage({ title, message: detail }))
    }
    const message = 'A password is entered on the page of its short link. Open the link to get there.'
    const go = { href: withQuery(`${publicUrl}/${code}`, rawQuery), text: 'Open the link' }
    return htmlResponse(status, messagePage({ title: 'Enter the password on the link’s page', message, go }))
  }
  return withPages(unmatchedRoute(routeKeys), draw)
}
