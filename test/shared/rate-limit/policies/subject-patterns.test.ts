import fc from 'fast-check'
import { standingOf, standings } from '../../../../functions/shared/rate-limit/policies/subject-patterns.ts'

const isExempt = (pattern: string, subject: string) => standings({ allow: [pattern] })(subject) === 'exempt'

test('who is named by no pattern is limited', () => {
  expect(standings({})('user:3')).toBe('limited')
  expect(standings({ allow: ['user:4'], deny: ['user:5'] })('user:3')).toBe('limited')
})

test('a pattern without a star is that subject alone', () => {
  expect(isExempt('user:3', 'user:3')).toBe(true)
  expect(isExempt('user:3', 'user:33')).toBe(false)
  expect(isExempt('user:3', 'User:3')).toBe(false)
})

test('the patterns of a policy are read once', () => {
  let reads = 0
  const policy = {
    get deny() {
      reads += 1
      return ['user:3']
    },
  }
  expect(['user:3', 'user:4', 'user:3'].map((subject) => standingOf(policy, subject))).toEqual([
    'denied',
    'limited',
    'denied',
  ])
  expect(reads).toBe(1)
})

test('a star at the end stands for anything, and for nothing', () => {
  expect(isExempt('user:*', 'user:3')).toBe(true)
  expect(isExempt('user:*', 'user:')).toBe(true)
  expect(isExempt('user:*', 'users:3')).toBe(false)
  expect(isExempt('*', 'whoever')).toBe(true)
})

test('what is denied stays so, whatever is allowed', () => {
  const standing = standings({ allow: ['*'], deny: ['user:3', '10.0.0.0/8', 'bot:*'] })
  expect(['user:3', '10.9.8.7', 'bot:1', 'user:4'].map(standing)).toEqual(['denied', 'denied', 'denied', 'exempt'])
})

test('a network holds its addresses, however they are written', () => {
  expect(isExempt('10.0.0.0/8', '10.255.0.1')).toBe(true)
  expect(isExempt('10.0.0.0/8', '11.0.0.1')).toBe(false)
  expect(isExempt('10.0.0.0/8', '::ffff:10.1.2.3')).toBe(true)
  expect(isExempt('10.0.0.0/8', '::ffff:0a01:0203')).toBe(true)
  expect(isExempt('2001:db8::/32', '2001:0DB8:0:0::1')).toBe(true)
  expect(isExempt('2001:db8::/32', '2001:db9::1')).toBe(false)
  expect(isExempt('::ffff:10.0.0.0/104', '::ffff:10.1.2.3')).toBe(true)
  expect(isExempt('203.0.113.7/32', '203.0.113.7')).toBe(true)
  expect(isExempt('203.0.113.7/24', '203.0.113.200')).toBe(true)
})

test('a network of IPv4 is the same, written as IPv6', () => {
  expect(isExempt('::ffff:10.0.0.0/104', '10.1.2.3')).toBe(true)
  expect(isExempt('::ffff:a00:0/104', '10.1.2.3')).toBe(true)
  expect(isExempt('::ffff:10.0.0.0/104', '11.1.2.3')).toBe(false)
  expect(isExempt('::ffff:0:0/96', '203.0.113.7')).toBe(true)
  expect(isExempt('::ffff:203.0.113.7/128', '203.0.113.7')).toBe(true)
  expect(isExempt('::10.0.0.0/104', '10.1.2.3')).toBe(false)
})

test('all of one version is nothing of the other', () => {
  expect(isExempt('0.0.0.0/0', '203.0.113.7')).toBe(true)
  expect(isExempt('0.0.0.0/0', '2001:db8::1')).toBe(false)
  expect(isExempt('::/0', '2001:db8::1')).toBe(true)
  expect(isExempt('::/0', '203.0.113.7')).toBe(false)
})

test('subjects that are not addresses are in no network', () => {
  const standing = standings({ deny: ['0.0.0.0/0', '::/0'] })
  expect(['10.0.0', '10.0.0.1 ', '10.0.0.0/8', 'ip:10.0.0.1', ''].map(standing)).toEqual(Array(5).fill('limited'))
})

test('an IPv4 network holds an address just when their first bits are the same', () => {
  const number = fc.nat(0xff_ff_ff_ff)
  const text = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
  const near = fc.tuple(number, fc.nat(31)).chain(([value, bit]) => fc.constantFrom(value, (value ^ (1 << bit)) >>> 0))
  fc.assert(
    fc.property(number, near, fc.integer({ min: 0, max: 32 }), (network, address, bits) => {
      const firstBits = (value: number) => value.toString(2).padStart(32, '0').slice(0, bits)
      expect(isExempt(`${text(network)}/${bits}`, text(address))).toBe(firstBits(network) === firstBits(address))
    }),
  )
})

test('a slash makes no network of what has no address before it, or more behind it than a number', () => {
  for (const subject of ['10.0.0.0/8/3', 'path:/a/1', 'abc/12', 'a/b/c', 'https://example.com/1', 'user:7/3']) {
    expect(isExempt(subject, subject)).toBe(true)
  }
})

test.each([
  ['', 'is not a pattern'],
  ['user:*:3', 'is not a pattern'],
  ['**', 'is not a pattern'],
  ['*.example.com', 'is not a pattern'],
  ['10.0.0/8', 'has no IP address'],
  ['10.0.0.256/8', 'has no IP address'],
  ['2001:db8:::/32', 'has no IP address'],
  ['10.0.0.0/33', 'from 0 to 32'],
  ['10.0.0.0/', 'from 0 to 32'],
  ['10.0.0.0/-1', 'from 0 to 32'],
  ['10.0.0.0/8*', 'from 0 to 32'],
  ['2001:db8::/129', 'from 0 to 128'],
])('the wrong pattern "%s" is named', (pattern, reason) => {
  for (const patterns of [{ allow: ['user:1', pattern] }, { deny: [pattern] }]) {
    expect(() => standings(patterns)).toThrow(RangeError)
    expect(() => standings(patterns)).toThrow(new RegExp(`"${pattern.replace(/[.*/]/g, '\\$&')}".*${reason}`))
  }
})
