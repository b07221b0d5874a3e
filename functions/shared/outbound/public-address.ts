import ipaddr from 'ipaddr.js'

/** The only IPv6 addresses that are routed on the internet (RFC 4291, section 2.4; IANA gives out no others). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Checks that an IP address is one of the public internet. It is not if it is loopback, private, link-local (as those of
 * metadata services are), shared by a carrier's NAT, multicast or reserved, nor if it holds an IPv4 address in IPv6
 * (mapped, compatible, NAT64, 6to4, Teredo): a translator on the way might lead anywhere.
 *
 * @param address as a resolver gives it: a text in any other notation isn't public.
 */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).range() === 'unicast'
  if (!ipaddr.IPv6.isValid(address)) return false
  const parsed = ipaddr.IPv6.parse(address)
  return parsed.range() === 'unicast' && parsed.match(GLOBAL_UNICAST)
}

/** Checks that an address is the machine's own, in plain IPv4 or IPv6. */
export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback'
}
