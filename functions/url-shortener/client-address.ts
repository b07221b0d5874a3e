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
  /** Checks whether the edge sent the request: only then are its headers about the visitor trusted. @default never */
  isFromEdge?: (request: HttpRequest, signal: AbortSignal) => Promise<boolean>
}

/**
 * Identifies a client by 22 characters: the HMAC of the address, with a key that is derived from the secret and the UTC
 * date. There are few enough addresses to try them all, so a hash without a key would reveal them.
 *
 * At midnight, and when the secret is rotated, a client gets another identity.
 *
 * @returns a function that throws what the keys throw.
 */
export function createClientOf({ keys, now, isFromEdge = async () => false }: ClientOptions): ClientOf {
  return async (request) => {
    const network = clientNetwork(request, { isFromEdge: await isFromEdge(request, request.signal) })
    const { secret } = await keys.signingKey(request.signal)
    const day = new Date(now()).toISOString().slice(0, 10)
    const salt = Buffer.from(hkdfSync('sha256', secret, '', `stackyard/client-address/${day}`, 32))
    return createHmac('sha256', salt).update(network).digest('base64url').slice(0, 22)
  }
}

/**
 * Returns the address of a client, or the network of an IPv6 address. It must never be stored.
 *
 * @param isFromEdge whether the request came through the edge: only then is the address that it names trusted.
 */
export function clientNetwork(
  { headers, clientAddress }: Pick<HttpRequest, 'headers' | 'clientAddress'>,
  { isFromEdge }: { isFromEdge: boolean },
): string {
  const viewer = isFromEdge && headers['cloudfront-viewer-address']
  return networkOf(viewer ? withoutPort(viewer) : clientAddress)
}

/** CloudFront writes `198.51.100.10:46532`, and an IPv6 address with or without brackets. */
function withoutPort(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

/** Reduces an IPv6 address to its network, because its owner has 2^64 addresses and would count as many clients. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  // The URL parser reduces the many spellings of an address to one.
  const spelled = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const isIPv4InIPv6 = spelled.startsWith('::ffff:')
  if (isIPv4InIPv6) return spelled
  const [start = '', end = ''] = spelled.split('::')
  const groups = (part: string) => part.split(':').filter(Boolean)
  const zeros = Array(8 - groups(start).length - groups(end).length).fill('0')
  return [...groups(start), ...zeros, ...groups(end)].slice(0, 4).join(':')
}
