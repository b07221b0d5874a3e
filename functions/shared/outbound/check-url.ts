import { isIP } from 'node:net'
import { isLoopbackAddress, isPublicAddress } from './public-address.ts'

export interface UrlRules {
  /** True in development alone: allows `http`, and the machine itself. */
  allowInsecure: boolean
  /**
   * The host and port at which Lambda gives a function its events, as in `127.0.0.1:9001`: whoever reaches it can steal
   * and forge them.
   */
  runtimeApi: string | undefined
}

/** The reason why a URL is not called. */
export type UrlRefusal = 'not-a-url' | 'not-https' | 'credentials' | 'address'

/** Names that resolve to the machine itself or to a private network (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|home\.arpa|lan|corp|home)$/

/**
 * Checks what a URL says by itself, without a resolver: its scheme, and its host if that is an address in any notation.
 *
 * @returns why it is refused; `undefined` if it may be called.
 */
export function checkUrl(text: string, rules: UrlRules): UrlRefusal | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return 'not-a-url'
  if (url.protocol !== 'https:' && !(rules.allowInsecure && url.protocol === 'http:')) return 'not-https'
  if (url.username !== '' || url.password !== '') return 'credentials'
  const host = hostOf(url)
  if (isIP(host) !== 0) return isAllowedAddress(host, url, rules) ? undefined : 'address'
  const isPrivate = PRIVATE_NAME.test(host) || !host.includes('.')
  return isPrivate && !(rules.allowInsecure && host === 'localhost') ? 'address' : undefined
}

/** Checks an address that a URL's host is, or resolved to. */
export function isAllowedAddress(address: string, url: URL, { allowInsecure, runtimeApi }: UrlRules): boolean {
  if (isPublicAddress(address)) return true
  const isRuntimeApi = runtimeApi !== undefined && portOf(url) === Number(runtimeApi.split(':').at(-1))
  return allowInsecure && isLoopbackAddress(address) && !isRuntimeApi
}

/** Returns the host of a URL in lower case, without the brackets of IPv6 and the dot after a full name. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}
