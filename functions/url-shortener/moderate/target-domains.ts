import { isIP } from 'node:net'

/** A request of DynamoDB reads so many items. A name has 127 labels at most (RFC 1035), and in earnest a handful. */
const MAX_DOMAINS = 100

/** The host of a target, as the list of denied domains writes it, and the domains above it: the nearest one first. */
export function domainsOf(url: string): string[] {
  const host = new URL(url).hostname.replace(/\.+$/, '')
  if (isIP(host) || host.startsWith('[')) return [host]
  const labels = host.split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).slice(-MAX_DOMAINS)
}
