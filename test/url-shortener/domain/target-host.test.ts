import fc from 'fast-check'
import { parseTarget } from '../../../functions/url-shortener/domain/target-url.ts'

const parse = (input: string) => parseTarget(input, new Set())

/** The refusal of a local host, so that no test repeats the text. */
const REFUSED = parse('http://127.0.0.1/')

test('a local host is refused with its own reason', () => {
  expect(REFUSED.ok).toBe(false)
  expect(REFUSED).not.toEqual(parse('ftp://example.com/'))
  expect(REFUSED).not.toEqual(parseTarget('http://go.example/', new Set(['go.example'])))
})

/** The special ranges, listed independently: network and prefix length. Adjacent ones are one range. */
const LOCAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const

const toNumber = (dotted: string) => dotted.split('.').reduce((value, part) => value * 256 + Number(part), 0)
const bytesOf = (ip: number) => [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256)
const dotted = (ip: number) => bytesOf(ip).join('.')

const bounds = LOCAL_IPV4.map(([network, prefix]) => {
  const first = toNumber(network)
  return { first, last: first + 2 ** (32 - prefix) - 1 }
})
const isLocal = (ip: number) => bounds.some(({ first, last }) => ip >= first && ip <= last)

const localIpv4 = fc.oneof(...bounds.map(({ first, last }) => fc.integer({ min: first, max: last })))
const publicIpv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).filter((ip) => !isLocal(ip))

type Spelling = (ip: number) => string

const RADIXES: Spelling[] = [
  (n) => String(n),
  (n) => `0x${n.toString(16)}`,
  (n) => `0X00${n.toString(16).toUpperCase()}`,
]
const octal: Spelling = (n) => `0${n.toString(8)}`
const parts = (ip: number, count: number) => {
  const bytes = bytesOf(ip)
  return [...bytes.slice(0, count - 1), bytes.slice(count - 1).reduce((value, byte) => value * 256 + byte, 0)]
}
const fullWidth: Spelling = (ip) =>
  dotted(ip).replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
const hexGroups: Spelling = (ip) => `${Math.floor(ip / 65536).toString(16)}:${(ip % 65536).toString(16)}`

/** Every notation of an IPv4 address that a browser understands. */
const SPELLINGS: Record<string, Spelling> = {
  dotted,
  'in octal': (ip) => bytesOf(ip).map(octal).join('.'),
  'with a trailing dot': (ip) => `${dotted(ip)}.`,
  'with trailing dots': (ip) => `${dotted(ip)}...`,
  'in full-width digits': fullWidth,
  'with ideographic full stops': (ip) => dotted(ip).replaceAll('.', '。'),
  'in circled digits': (ip) =>
    dotted(ip).replaceAll(/[1-9]/g, (digit) => String.fromCharCode(0x2460 + Number(digit) - 1)),
  'percent-encoded': (ip) => dotted(ip).replaceAll(/\d/g, (digit) => `%3${digit}`),
  'with an invisible soft hyphen': (ip) => `\u00ad${dotted(ip)}`,
  'as IPv4-mapped IPv6': (ip) => `[::ffff:${dotted(ip)}]`,
  'as IPv4-mapped IPv6 in hex': (ip) => `[::FFFF:${hexGroups(ip)}]`,
  'as IPv4-mapped IPv6 in full': (ip) => `[0:0:0:0:0:ffff:${hexGroups(ip)}]`,
  'as IPv4-compatible IPv6': (ip) => `[::${hexGroups(ip)}]`,
  'behind NAT64': (ip) => `[64:ff9b::${hexGroups(ip)}]`,
}
for (const count of [1, 2, 3, 4]) {
  SPELLINGS[`in ${count} parts, decimal or hex`] = (ip) =>
    parts(ip, count)
      .map((part, index) => RADIXES[(index + (ip % 3)) % 3]?.(part))
      .join('.')
}
SPELLINGS['as one octal number'] = octal

/** The rest of a URL around its host. */
const around = fc.record({
  scheme: fc.constantFrom('http://', 'https://', 'HTTP:', 'hTtPs:\\\\', ' \thttps:////'),
  port: fc.constantFrom('', ':80', ':8443', ':'),
  path: fc.constantFrom('', '/', '/a?b=c#d', '?x', '\\admin'),
})

/** @proves url-shortener/no-inner-targets */
describe.each(Object.keys(SPELLINGS))('a local IPv4 address %s', (name) => {
  test('is refused', () => {
    fc.assert(
      fc.property(localIpv4, around, (ip, { scheme, port, path }) => {
        const input = `${scheme}${SPELLINGS[name]?.(ip)}${port}${path}`
        expect(URL.canParse(input)).toBe(true)
        expect(parse(input)).toEqual(REFUSED)
      }),
    )
  })
})

test('the first and the last address of every special range is refused, and their neighbours pass', () => {
  for (const { first, last } of bounds) {
    expect(parse(`http://${dotted(first)}/`)).toEqual(REFUSED)
    expect(parse(`http://${dotted(last)}/`)).toEqual(REFUSED)
    if (last < 2 ** 32 - 1) expect(parse(`http://${dotted(last + 1)}/`).ok).toBe(true)
    if (first > 0) expect(parse(`http://${dotted(first - 1)}/`).ok).toBe(true)
  }
})

test('any other IPv4 address passes, and is serialised with dots', () => {
  fc.assert(
    fc.property(publicIpv4, fc.constantFrom(dotted, fullWidth, octal), (ip, spell) => {
      expect(parse(`http://${spell(ip)}/a`)).toEqual({ ok: true, url: `http://${dotted(ip)}/a` })
    }),
  )
})

const ipv6Groups = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: count, maxLength: count })

/** @proves url-shortener/no-inner-targets */
test.each([
  ['segment routing', 0x5f00, 0x5f00],
  ['unique local', 0xfc00, 0xfdff],
  ['link-local', 0xfe80, 0xfebf],
  ['site-local', 0xfec0, 0xfeff],
  ['multicast', 0xff00, 0xffff],
])('a %s IPv6 address is refused', (_, min, max) => {
  fc.assert(
    fc.property(fc.integer({ min, max }), ipv6Groups(7), (first, rest) => {
      const host = [first, ...rest].map((group) => group.toString(16)).join(':')
      expect(parse(`https://[${host}]:8443/`)).toEqual(REFUSED)
    }),
  )
})

test('a global IPv6 address passes', () => {
  fc.assert(
    // 2001::/23 and 2002::/16 embed IPv4 addresses.
    fc.property(fc.integer({ min: 0x2003, max: 0x3fff }), ipv6Groups(7), (first, rest) => {
      const input = `https://[${[first, ...rest].map((group) => group.toString(16)).join(':')}]/`
      expect(parse(input)).toEqual({ ok: true, url: new URL(input).href })
    }),
  )
})

/**
 * IANA's registries of special-purpose addresses (IPv4 of 2024, IPv6 of 2025), each with an address in it, and whether
 * a link may lead there.
 */
test.each<[string, string, boolean]>([
  ['This network', '0.0.0.1', false],
  ['Private-use', '10.1.2.3', false],
  ['Shared address space', '100.100.100.200', false],
  ['Loopback', '127.0.0.53', false],
  ['Link-local', '169.254.169.254', false],
  ['Private-use', '172.31.255.255', false],
  ['IETF protocol assignments', '192.0.0.170', false],
  ['Documentation (TEST-NET-1)', '192.0.2.1', true],
  ['AS112-v4', '192.31.196.1', true],
  ['AMT', '192.52.193.1', true],
  ['6to4 relay anycast (deprecated)', '192.88.99.1', true],
  ['Private-use', '192.168.1.1', false],
  ['Direct delegation AS112 service', '192.175.48.1', true],
  ['Benchmarking', '198.19.0.1', false],
  ['Documentation (TEST-NET-2)', '198.51.100.1', true],
  ['Documentation (TEST-NET-3)', '203.0.113.1', true],
  ['Multicast', '239.255.255.250', false],
  ['Reserved', '240.0.0.1', false],
  ['Limited broadcast', '255.255.255.255', false],
  ['Loopback', '[::1]', false],
  ['Unspecified', '[::]', false],
  ['IPv4-mapped', '[::ffff:224.0.0.1]', false],
  ['IPv4-mapped, of a public address', '[::ffff:808:808]', true],
  ['IPv4-IPv6 translation', '[64:ff9b::808:808]', false],
  ['IPv4-IPv6 translation, local use', '[64:ff9b:1::1]', false],
  ['Discard-only', '[100::1]', false],
  ['Dummy prefix', '[100:0:0:1::1]', false],
  ['Teredo', '[2001::1]', false],
  ['Port control protocol anycast', '[2001:1::1]', false],
  ['Benchmarking', '[2001:2::1]', false],
  ['ORCHIDv2', '[2001:20::1]', false],
  ['A regional registry, right behind', '[2001:200::1]', true],
  ['Documentation', '[2001:db8::1]', true],
  ['6to4', '[2002:a00:1::1]', false],
  ['Direct delegation AS112 service', '[2620:4f:8000::1]', true],
  ['Documentation', '[3fff::1]', true],
  ['Segment routing', '[5f00::1]', false],
  ['Unique local', '[fd00::1]', false],
  ['Link-local', '[fe80::1]', false],
  ['Multicast', '[ff02::1]', false],
])('%s, as in %s: a link may lead there: %s', (_, host, isAllowed) => {
  expect(parse(`http://${host}/`)).toEqual(isAllowed ? { ok: true, url: `http://${host}/` } : REFUSED)
})

test.each([
  'localhost.localdomain',
  'LocalHost.LocalDomain..',
  'box.localdomain',
  'localhost4.localdomain4',
  'localhost6.localdomain6',
  'ip6-localhost',
  'ip6-loopback.',
  'printer.local',
  'router.home.arpa',
  'metadata.google.internal',
  'a.b.localhost.',
])('the name %s is refused as local', (host) => {
  expect(parse(`http://${host}/`)).toEqual(REFUSED)
})

test.each([
  'localhost.example',
  'mylocalhost',
  'local.example',
  'notlocal',
  'arpa',
  'myhome.arpa',
  'internal.example',
])('the name %s is another', (host) => {
  expect(parse(`http://${host}/`)).toEqual({ ok: true, url: `http://${host}/` })
})

test.each([
  'http://localhost/',
  'http://LOCALHOST:3000/',
  'http://localhost./',
  'http://localhost../',
  'http://app.localhost/',
  'http://ｌｏｃａｌｈｏｓｔ/',
  'http://ⓛocalhost/',
  'http://%6cocalhost/',
  'http://loc\u00adalhost/',
  'http://[::]/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://0/',
  'http://127.1/',
  'http://0x7f.1/',
  'http://017700000001/',
  'http://2130706433/',
])('%s is refused as local', (input) => {
  expect(parse(input)).toEqual(REFUSED)
})
