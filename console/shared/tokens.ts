import { ask } from './server.ts'

/** Somebody who calls an API. On AWS the pasted token says who that is. */
export interface User {
  sub: string
  tenant?: string
  /** Scopes, separated by spaces. */
  scope: string
}

/** The time for which a token is used, in milliseconds: those of the local issuer are valid for an hour. */
const USE_MS = 50 * 60 * 1000

const signed = new Map<string, { until: number; token: Promise<string> }>()
let pasted = ''

/** Uses this token for all calls from now on, as on AWS. */
export function pasteToken(token: string): void {
  pasted = token.trim()
}

/** Returns a token of a user: signed by the local issuer, or the pasted one. */
export function tokenOf(user: User): Promise<string> {
  if (pasted) return Promise.resolve(pasted)
  const key = JSON.stringify([user.sub, user.tenant, user.scope])
  const known = signed.get(key)
  if (known && known.until > Date.now()) return known.token
  const token = ask<{ token: string }>('POST', '/token', user).then((answer) => answer.token)
  signed.set(key, { until: Date.now() + USE_MS, token })
  token.catch(() => signed.delete(key))
  return token
}
