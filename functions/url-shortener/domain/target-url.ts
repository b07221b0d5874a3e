import { BlockList, isIP } from 'node:net'

/** The longest target, before and after it is serialised: what old browsers and proxies take. */
export const MAX_TARGET_LENGTH = 2048

export type Target = { ok: true; url: string } | { ok: false; reason: string }

/**
 * Checks where a link may lead. The host is judged as it is written (WHATWG parsing turns `0x7f.1` and `２１３０７０６４３３`
 * into `127.0.0.1` first), without DNS: a redirect is followed by the visitor's browser, not by us.
 *
 * @param ownHosts hosts that serve short links: a link to one of them could loop.
 */
export function parseTarget(input: string, ownHosts: ReadonlySet<string>): Target {
  if (input.length > MAX_TARGET_LENGTH) return refused(`must have ${MAX_TARGET_LENGTH} characters at most`)
  if (!URL.canParse(input)) return refused('must be an absolute URL')
  const url = new URL(input)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused('must start with http:// or https://')
  if (url.username || url.password) return refused('must not hold credentials')
  if (url.href.length > MAX_TARGET_LENGTH) return refused(`must have ${MAX_TARGET_LENGTH} characters at most, encoded`)
  const host = url.hostname.replace(/\.+$/, '')
  if (host === '' || host.includes('..')) return refused('must name a host')
  if (isLocal(host)) return refused('must not name a loopback, private, link-local or unspecified host')
  if (ownHosts.has(host)) return refused('must not lead back to this service')
  return { ok: true, url: url.href }
}

function refused(reason: string): Target {
  return { ok: false, reason }
}

function isLocal(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const address = host.replace(/^\[|\]$/g, '')
  const family = isIP(address)
  return family !== 0 && LOCAL.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** IPv4 ranges hold for IPv4-mapped IPv6 addresses too. */
const LOCAL = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // CGNAT, RFC 6598
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  LOCAL.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 96], // unspecified, loopback, and IPv4-compatible (deprecated, RFC 4291)
  // IPv4 addresses in disguise: NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo (RFC 4380), translated (RFC 2765).
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['2001::', 32],
  ['::ffff:0:0:0', 96],
  ['ff00::', 8], // multicast
  ['fc00::', 7], // unique local, RFC 4193
  ['fe80::', 10],
  ['fec0::', 10], // site-local (deprecated, RFC 3879)
] as const) {
  LOCAL.addSubnet(network, prefix, 'ipv6')
}
