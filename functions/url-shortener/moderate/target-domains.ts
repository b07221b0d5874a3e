import { isIP } from 'node:net'

/**
 * DynamoDB's limit for the items of one batch read. A name has at most 127 labels (RFC 1035), in practice a handful.
 */
const MAX_DOMAINS = 100

/** Lists the host of a target as the list of denied domains writes it, then the domains above it, the nearest first. */
export function domainsOf(url: string): string[] {
  const host = new URL(url).hostname.replace(/\.+$/, '')
  if (isIP(host) || host.startsWith('[')) return [host]
  const labels = host.split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).slice(-MAX_DOMAINS)
}
