import * as z from 'zod/mini'
import { formOrJsonBody } from '../../shared/http/form-body.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { withPages } from '../../shared/http/pages.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import type { HttpResponse } from '../../shared/http/response.ts'
import { text, validate } from '../../shared/http/validate.ts'
import { withRateLimit } from '../../shared/rate-limit/http/with-rate-limit.ts'
import type { Limit } from '../../shared/rate-limit/policy.ts'
import type { ClientOf } from '../client-address.ts'
import { MAX_PASSWORD_LENGTH } from '../domain/password.ts'
import { unlockChecks } from '../limits.ts'
import { refusal } from '../problems.ts'
import { withQuery } from '../visitor-query.ts'
import { unlockPage, wrongPassword } from './answer.ts'
import { type LockedLink, unlockCookieHeader } from './cookie.ts'
import type { FindLock, TryPassword } from './unlock-link.ts'

export const unlockBody = z.strictObject({
  password: text(z.minLength(1), z.maxLength(MAX_PASSWORD_LENGTH)),
})

export interface UnlockRouteOptions {
  findLock: FindLock
  tryPassword: TryPassword
  limit: Limit
  clientOf: ClientOf
  /** The start of short URLs, without a trailing slash. */
  publicUrl: string
}

/**
 * `POST /{code}/unlock`: accepts a link's password. The right one gets 303 to the link, with a cookie and the query of
 * the visit, a wrong one 401. Only a body with a password is counted as an attempt, and only an attempt within the
 * limits is hashed.
 */
export function unlockRoute({ findLock, tryPassword, limit, clientOf, publicUrl }: UnlockRouteOptions): HttpRoute {
  const toLink = (code: string, { rawQuery }: HttpRequest): HttpResponse => ({
    status: 303,
    headers: { location: withQuery(`${publicUrl}/${code}`, rawQuery) },
  })

  const attempt = async (link: LockedLink, password: string, request: HttpRequest): Promise<HttpResponse> => {
    const tried = await tryPassword({ link, password }, request.signal)
    if (tried.outcome === 'wrong') throw wrongPassword()
    const cookies = tried.outcome === 'right' && [unlockCookieHeader(tried.proof, { code: link.code, publicUrl })]
    return { ...toLink(link.code, request), ...(cookies && { cookies }) }
  }

  const route: HttpRoute = async (request) => {
    const { code = '' } = request.params
    const lock = await findLock(code, request.signal)
    if (lock.state === 'open') return toLink(code, request)
    if (lock.state !== 'locked') throw refusal(lock.state)
    const { password } = validate(unlockBody, formOrJsonBody(request))
    const checksOf = async () => unlockChecks({ code, client: await clientOf(request) })
    return withRateLimit(() => attempt(lock.link, password, request), { limit, checksOf })(request)
  }
  return withPages(route, unlockPage)
}
