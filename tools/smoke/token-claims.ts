import { decodeJwt, type JWTPayload } from 'jose'
import { UserError } from '../support/user-error.ts'

export const HOW_TO_GET_ONE = 'docs/deploy.md#a-token says how to get one'

/**
 * Checks the claims of a token, so that the journey doesn't fail with a bare 401 or 403. Only the API can verify the
 * token itself.
 *
 * @param scope the required scopes, separated by spaces.
 * @param now in ms since the epoch.
 * @throws UserError that explains the problem, without the token.
 */
export function checkToken(token: string, { scope, now }: { scope: string; now: number }): void {
  const claims = decode(token)
  if (claims.token_use === 'id') {
    throw new UserError(`This is an ID token, and the API accepts access tokens only: ${HOW_TO_GET_ONE}.`)
  }
  if (claims.exp !== undefined && claims.exp * 1000 <= now) {
    throw new UserError(`The token expired at ${new Date(claims.exp * 1000).toISOString()}: ${HOW_TO_GET_ONE}.`)
  }
  const held = scopesOf(claims)
  const missing = scope.split(' ').filter((name) => !held.has(name))
  if (missing.length > 0) {
    const has = [...held].join(' ') || 'none'
    throw new UserError(`The token lacks the scope ${missing.join(' ')} (it has: ${has}): ${HOW_TO_GET_ONE}.`)
  }
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch (error) {
    throw new UserError(`The token is not a JWT: ${HOW_TO_GET_ONE}.`, { cause: error })
  }
}

/**
 * Reads the scopes in `scope`, or in `scp` as some issuers have it; Cognito writes `links/read` for `links:read`, and
 * `notes/notes` for `notes`.
 */
function scopesOf({ scope, scp }: JWTPayload): Set<string> {
  const names = [scope ?? scp ?? []].flat().flatMap((value) => String(value).split(' '))
  return new Set(names.filter(Boolean).map((name) => name.replace(/^(.*)\/\1$/, '$1').replace('/', ':')))
}
