import { AppError } from '../../functions/shared/errors.ts'
import type { Keys } from '../../functions/shared/secrets/secrets.ts'
import { createClientOf } from '../../functions/url-shortener/client-address.ts'
import { httpEvent, requestOf } from '../support/events.ts'

const NOON = Date.parse('2026-11-21T12:00:00Z')
const MIDNIGHT = Date.parse('2026-11-22T00:00:00Z')

function keysOf(secret: string): Keys {
  const key = { id: 'v1', secret }
  return { signingKey: async () => key, verifyingKey: async () => key }
}
const KEYS = keysOf('a-secret-of-32-characters-or-more')

function request(address: string, headers: Record<string, string> = {}) {
  return { ...requestOf(httpEvent({ routeKey: 'POST /v1/reports', headers })), clientAddress: address }
}

const clientAt = (address: string, { now = NOON, keys = KEYS } = {}) =>
  createClientOf({ keys, now: () => now })(request(address))

test('an address is the same client all day, and another one the next day', async () => {
  const client = await clientAt('198.51.100.10')
  expect(client).toMatch(/^[\w-]{22}$/)
  expect(await clientAt('198.51.100.10', { now: MIDNIGHT - 1 })).toBe(client)
  expect(await clientAt('198.51.100.10', { now: MIDNIGHT })).not.toBe(client)
})

test('another address is another client, and without the secret no address can be guessed', async () => {
  const client = await clientAt('198.51.100.10')
  expect(await clientAt('198.51.100.11')).not.toBe(client)
  expect(await clientAt('198.51.100.10', { keys: keysOf('another-secret-of-32-characters-') })).not.toBe(client)
})

test.each([
  ['the same network', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
  ['another spelling', '2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::2'],
  ['a network with zeros at its end', '2001:db8::1:0:0:1', '2001:db8:0:0:5::'],
  ['a network with zeros at its start', '::1:2:3:4:5', '0:0:0:1::'],
])('with IPv6, %s is the same client', async (_, one, other) => {
  expect(await clientAt(one)).toBe(await clientAt(other))
})

test.each([
  ['the next network', '2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['a shifted network', '2001:db8::2:0:0:0:1', '2001:db8:2::1'],
  ['an IPv4 address in IPv6', '::ffff:198.51.100.10', '::ffff:198.51.100.11'],
])('with IPv6, %s is another client', async (_, one, other) => {
  expect(await clientAt(one)).not.toBe(await clientAt(other))
})

describe('behind the edge', () => {
  const behind = (viewer: string, isFromEdge: boolean | undefined) =>
    createClientOf({
      keys: KEYS,
      now: () => NOON,
      ...(isFromEdge !== undefined && { isFromEdge: async () => isFromEdge }),
    })(request('203.0.113.7', { 'cloudfront-viewer-address': viewer, 'x-forwarded-for': '192.0.2.1' }))

  test.each([
    ['198.51.100.10:46532', '198.51.100.10'],
    ['[2001:db8::1]:46532', '2001:db8::1'],
    ['2001:db8:0:0:0:0:0:1:46532', '2001:db8::1'],
    ['2001:db8::1:46532', '2001:db8::1'],
  ])('the visitor at %s is the client at %s', async (viewer, address) => {
    expect(await behind(viewer, true)).toBe(await clientAt(address))
  })

  test('a header that did not pass the edge is not trusted: the peer is the client', async () => {
    for (const isFromEdge of [false, undefined]) {
      expect(await behind('198.51.100.10:46532', isFromEdge)).toBe(await clientAt('203.0.113.7'))
    }
  })

  test('without a header from the edge the peer is the client', async () => {
    expect(await behind('', true)).toBe(await clientAt('203.0.113.7'))
  })
})

test('without a key no client can be identified', async () => {
  const down = new AppError('dependency-failed', 'Secrets Manager is down', { retryable: true })
  const keys: Keys = { ...KEYS, signingKey: () => Promise.reject(down) }
  await expect(clientAt('198.51.100.10', { keys })).rejects.toBe(down)
})
