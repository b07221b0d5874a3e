import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface GuardOptions {
  /** The only `Host` that is served, as in `127.0.0.1:14566`. */
  host: string
  secret: string
}

/** A request's right to an answer. */
export type Admission =
  | { kind: 'admitted' }
  /** A first visit with the printed URL: the answer sets the cookie. */
  | { kind: 'first-visit' }
  | { kind: 'refused'; reason: 'host' | 'origin' | 'secret' }

/**
 * Decides about a request. Any page that the user visits can send requests to this machine, directly or under a name of
 * its own that resolves to it (DNS rebinding), and the server hands out tokens: hence only requests for the exact host,
 * from a page of this origin, with the secret that nobody but the reader of the printed URL knows.
 */
export function admit({ method, url = '/', headers }: IncomingMessage, { host, secret }: GuardOptions): Admission {
  if (headers.host !== host) return { kind: 'refused', reason: 'host' }
  const path = URL.parse(url, `http://${host}`)
  const isReading = method === 'GET' || method === 'HEAD'
  if (isReading && path?.pathname === '/' && isSecret(path.searchParams.get('secret'), secret)) {
    return headers.origin === undefined ? { kind: 'first-visit' } : { kind: 'refused', reason: 'origin' }
  }
  // Browsers send an origin with every request that may change something, and say where each request comes from.
  const isOwn = headers.origin === `http://${host}` || (headers.origin === undefined && isReading)
  const site = headers['sec-fetch-site']
  if (!isOwn || !(site === undefined || site === 'same-origin' || site === 'none')) {
    return { kind: 'refused', reason: 'origin' }
  }
  return isSecret(cookie(headers.cookie, cookieName(host)), secret)
    ? { kind: 'admitted' }
    : { kind: 'refused', reason: 'secret' }
}

/** Formats the cookie of a session. Its name has the port, because cookies are shared by all ports of a host. */
export function sessionCookie({ host, secret }: GuardOptions): string {
  return `${cookieName(host)}=${secret}; HttpOnly; SameSite=Strict; Path=/`
}

function cookieName(host: string): string {
  return `console-${host.split(':')[1]}`
}

function cookie(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(/; */).map((pair) => pair.split('='))
  return pairs.find(([key]) => key === name)?.[1]
}

/** Compares in constant time, by digests of equal length. */
function isSecret(given: string | null | undefined, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(secret))
}
