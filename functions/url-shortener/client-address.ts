import { createHmac, hkdfSync } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Clock } from '../shared/clock.ts'
import type { HttpRequest } from '../shared/http/request.ts'
import type { Keys } from '../shared/secrets/secrets.ts'

/** Identifies a client for a day, without its address. */
export type ClientOf = (request: HttpRequest) => Promise<string>

export interface ClientOptions {
  keys: Keys
  now: Clock
  /** Whether the edge sent the request: only then are its headers about the visitor believed. @default never */
  isFromEdge?: (request: HttpRequest, signal: AbortSignal) => Promise<boolean>
}

/**
 * Identifies a client by 22 characters: the HMAC of the address, with a key that is derived from the secret and the day
 * of UTC. Addresses are few enough to try them all, so that a hash without a key would give them away.
 *
 * At midnight, and when the secret is rotated, a client becomes another one.
 *
 * @returns a function that throws what the keys throw.
 */
export function createClientOf({ keys, now, isFromEdge = async () => false }: ClientOptions): ClientOf {
  return async (request) => {
    const viewer = (await isFromEdge(request, request.signal)) && request.headers['cloudfront-viewer-address']
    const network = networkOf(viewer ? withoutPort(viewer) : request.clientAddress)
    const { secret } = await keys.signingKey(request.signal)
    const day = new Date(now()).toISOString().slice(0, 10)
    const salt = Buffer.from(hkdfSync('sha256', secret, '', `stackyard/client-address/${day}`, 32))
    return createHmac('sha256', salt).update(network).digest('base64url').slice(0, 22)
  }
}

/** CloudFront writes `198.51.100.10:46532`, and an IPv6 address with or without brackets. */
function withoutPort(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

/** Whoever has an IPv6 address has the 2^64 of its network, and would be as many clients. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  // Of an address's many spellings, the URL standard's is one.
  const spelled = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const isIPv4InIPv6 = spelled.startsWith('::ffff:')
  if (isIPv4InIPv6) return spelled
  const [start = '', end = ''] = spelled.split('::')
  const groups = (part: string) => part.split(':').filter(Boolean)
  const zeros = Array(8 - groups(start).length - groups(end).length).fill('0')
  return [...groups(start), ...zeros, ...groups(end)].slice(0, 4).join(':')
}
