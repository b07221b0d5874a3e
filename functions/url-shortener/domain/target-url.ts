import { BlockList, isIP } from 'node:net'

/** The longest target, before and after serialisation, that old browsers and proxies accept. */
export const MAX_TARGET_LENGTH = 2048

export type Target = { ok: true; url: string } | { ok: false; reason: string }

/**
 * Validates a target. The host is checked by its text, without DNS (WHATWG parsing first turns `0x7f.1` and
 * `２１３０７０６４３３` into `127.0.0.1`): the visitor's browser follows the redirect, not our network.
 *
 * @param ownHosts the hosts that serve short links: a link to one of them could loop.
 */
export function parseTarget(input: string, ownHosts: ReadonlySet<string>): Target {
  if (input.length > MAX_TARGET_LENGTH) return refused(`must have at most ${MAX_TARGET_LENGTH} characters`)
  if (!URL.canParse(input)) return refused('must be an absolute URL')
  const url = new URL(input)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused('must start with http:// or https://')
  if (url.username || url.password) return refused('must not hold credentials')
  if (url.href.length > MAX_TARGET_LENGTH) return refused(`must have at most ${MAX_TARGET_LENGTH} characters, encoded`)
  const host = url.hostname.replace(/\.+$/, '')
  if (host === '' || host.includes('..')) return refused('must name a host')
  if (isSpecial(host)) return refused('must not name a loopback, private, link-local, multicast or reserved host')
  if (ownHosts.has(host)) return refused('must not lead back to this service')
  return { ok: true, url: url.href }
}

function refused(reason: string): Target {
  return { ok: false, reason }
}

/** Checks whether a host is not public, judging by its name or address alone. */
function isSpecial(host: string): boolean {
  if (LOCAL_NAMES.some((name) => host === name || host.endsWith(`.${name}`))) return true
  const address = host.replace(/^\[|\]$/g, '')
  const family = isIP(address)
  return family !== 0 && SPECIAL.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** Domains that, with all their subdomains, never lead to a public host. */
const LOCAL_NAMES = [
  'localhost', // RFC 6761
  // Names for 127.0.0.1 and ::1 in the hosts files of Linux distributions.
  'localdomain',
  'localhost4',
  'localdomain4',
  'localhost6',
  'localdomain6',
  'ip6-localhost',
  'ip6-loopback',
  'local', // multicast DNS, RFC 6762
  'home.arpa', // RFC 8375
  'internal', // ICANN, 2024: for private use
]

/**
 * The blocks in IANA's special-purpose address registries that are not globally reachable, and multicast. Blocks for
 * documentation are omitted, because they lead nowhere.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const SPECIAL = new BlockList()
/** These blocks apply to IPv4-mapped IPv6 addresses, too. */
for (const [network, prefix] of [
  ['0.0.0.0', 8], // "this network", RFC 791
  ['10.0.0.0', 8], // private, RFC 1918
  ['100.64.0.0', 10], // shared (CGNAT), RFC 6598
  ['127.0.0.0', 8], // loopback, RFC 1122
  ['169.254.0.0', 16], // link-local, RFC 3927
  ['172.16.0.0', 12], // private, RFC 1918
  ['192.0.0.0', 24], // IETF protocol assignments, RFC 6890: DS-Lite and others
  ['192.168.0.0', 16], // private, RFC 1918
  ['198.18.0.0', 15], // benchmarking, RFC 2544
  ['224.0.0.0', 4], // multicast, RFC 5771
  ['240.0.0.0', 4], // reserved, RFC 1112, and the limited broadcast, RFC 919
] as const) {
  SPECIAL.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 96], // unspecified, loopback, and IPv4-compatible (deprecated, RFC 4291)
  ['::ffff:0:0:0', 96], // IPv4-translated, RFC 2765
  ['64:ff9b::', 96], // NAT64, RFC 6052
  ['64:ff9b:1::', 48], // NAT64, RFC 8215
  ['100::', 64], // discard-only, RFC 6666
  ['100:0:0:1::', 64], // dummy prefix, RFC 9780
  ['2001::', 23], // IETF protocol assignments, RFC 2928: Teredo, which holds IPv4 addresses, benchmarking, ORCHID
  ['2002::', 16], // 6to4, which holds IPv4 addresses, RFC 3056
  ['5f00::', 16], // segment routing, RFC 9602
  ['fc00::', 7], // unique local, RFC 4193
  ['fe80::', 10], // link-local, RFC 4291
  ['fec0::', 10], // site-local (deprecated, RFC 3879)
  ['ff00::', 8], // multicast, RFC 4291
] as const) {
  SPECIAL.addSubnet(network, prefix, 'ipv6')
}
