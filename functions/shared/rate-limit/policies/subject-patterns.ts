import { BlockList, isIP } from 'node:net'
import type { Policy } from '../policy.ts'

/** A subject's standing with a policy's patterns: `limited` when none of them names it. */
export type Standing = 'denied' | 'exempt' | 'limited'

type Matches = (subject: string) => boolean

/**
 * Reads a policy's patterns, of which `deny` wins over `allow`.
 *
 * - `user:3` matches that subject alone.
 * - `user:*` matches subjects that begin with `user:`.
 * - `10.0.0.0/8` and `2001:db8::/32` match the addresses of that network, however they are written, IPv4-mapped IPv6
 *   addresses included.
 *
 * @throws RangeError that names the pattern.
 */
export function standings({ allow = [], deny = [] }: Pick<Policy, 'allow' | 'deny'>): (subject: string) => Standing {
  const isDenied = matcher(deny)
  const isExempt = matcher(allow)
  return (subject) => {
    if (isDenied(subject)) return 'denied'
    return isExempt(subject) ? 'exempt' : 'limited'
  }
}

const known = new WeakMap<object, (subject: string) => Standing>()

/**
 * Returns a subject's standing. The patterns are read once for each policy object.
 *
 * @throws RangeError that names a wrong pattern.
 */
export function standingOf(policy: Pick<Policy, 'allow' | 'deny'>, subject: string): Standing {
  const read = known.get(policy) ?? standings(policy)
  known.set(policy, read)
  return read(subject)
}

type Network = [pattern: string, address: string, bits: string]
/** Matches patterns that are meant as networks; subjects like `path:/a/1` are not. */
const NETWORK = /^([\d.]+|[\da-f.]*:[\da-f:.]*:[\da-f:.]*)\/([^/]*)$/i

function matcher(patterns: readonly string[]): Matches {
  const exact = new Set<string>()
  const prefixes: string[] = []
  const addresses = networkList()
  for (const pattern of patterns) {
    const network = NETWORK.exec(pattern) as Network | null
    const star = pattern.indexOf('*')
    if (network) {
      addresses.add(network)
    } else if (pattern === '' || (star !== -1 && star < pattern.length - 1)) {
      throw new RangeError(`"${pattern}" is not a pattern: use a subject, a "prefix*" or a network such as 10.0.0.0/8.`)
    } else if (star === -1) {
      exact.add(pattern)
    } else {
      prefixes.push(pattern.slice(0, -1))
    }
  }
  return (subject) =>
    exact.has(subject) || prefixes.some((prefix) => subject.startsWith(prefix)) || addresses.has(subject)
}

/** The prefix of IPv4-mapped addresses, before the 32 bits of IPv4 (RFC 4291, section 2.5.5.2). */
const MAPPED = '::ffff:'
const MAPPED_BITS = 96

/**
 * Holds networks, with each IPv4 address as an IPv6 one, however it was written. Networks that are wider than all of
 * IPv4 have a list of their own: `::/0` holds no IPv4 address but those that are written as IPv6.
 */
function networkList() {
  const [narrow, wide] = [new BlockList(), new BlockList()]
  let isEmpty = true
  return {
    add([pattern, address, bits]: Network) {
      isEmpty = false
      const version = isIP(address)
      if (version === 0) throw new RangeError(`The pattern "${pattern}" looks like a network, but has no IP address.`)
      const max = version === 4 ? 32 : 128
      if (!/^\d+$/.test(bits) || Number(bits) > max) {
        throw new RangeError(`The pattern "${pattern}" has a wrong prefix: it is a number from 0 to ${max}.`)
      }
      if (version === 4) narrow.addSubnet(MAPPED + address, MAPPED_BITS + Number(bits), 'ipv6')
      else (Number(bits) < MAPPED_BITS ? wide : narrow).addSubnet(address, Number(bits), 'ipv6')
    },
    has(subject: string) {
      // The first `isIP` of a process compiles Node's pattern of IPv6 addresses, which takes a tenth of a cold start.
      if (isEmpty) return false
      const version = isIP(subject)
      if (version === 4) return narrow.check(MAPPED + subject, 'ipv6')
      return version === 6 && (narrow.check(subject, 'ipv6') || wide.check(subject, 'ipv6'))
    },
  }
}
