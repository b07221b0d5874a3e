import type { IncomingMessage } from 'node:http'
import { admit, sessionCookie } from '../../../tools/console/guard.ts'

const guard = { host: '127.0.0.1:14566', secret: 'right-secret' }
const COOKIE = 'console-14566=right-secret'
const ORIGIN = 'http://127.0.0.1:14566'

interface Asked {
  method?: string
  url?: string
  headers?: Record<string, string>
}

const decide = ({ method = 'GET', url = '/', headers = {} }: Asked) =>
  admit({ method, url, headers: { host: guard.host, ...headers } } as unknown as IncomingMessage, guard)

const refused = (reason: string) => ({ kind: 'refused', reason })

test('the page of this origin is admitted with the cookie', () => {
  const own = { cookie: `other=1; ${COOKIE}`, origin: ORIGIN, 'sec-fetch-site': 'same-origin' }
  expect(decide({ method: 'POST', headers: own })).toEqual({ kind: 'admitted' })
  expect(decide({ headers: { cookie: COOKIE } })).toEqual({ kind: 'admitted' })
  expect(decide({ headers: { cookie: COOKIE, 'sec-fetch-site': 'none' } })).toEqual({ kind: 'admitted' })
})

test('the printed URL is a first visit, also from a link in another page', () => {
  const url = '/?secret=right-secret'
  expect(decide({ url })).toEqual({ kind: 'first-visit' })
  expect(decide({ url, headers: { 'sec-fetch-site': 'cross-site' } })).toEqual({ kind: 'first-visit' })
})

test.each([
  'localhost:14566',
  'evil.example:14566',
  '127.0.0.1',
  '127.0.0.1:80',
  '',
])('the host %j is refused', (host) => {
  expect(decide({ url: '/?secret=right-secret', headers: { host, cookie: COOKIE } })).toEqual(refused('host'))
})

test.each([
  'http://evil.example',
  'null',
  'http://localhost:14566',
  'http://127.0.0.1:4566',
])('the origin %j is refused, with the cookie and with the secret', (origin) => {
  expect(decide({ headers: { origin, cookie: COOKIE } })).toEqual(refused('origin'))
  expect(decide({ url: '/?secret=right-secret', headers: { origin } })).toEqual(refused('origin'))
})

test.each(['cross-site', 'same-site'])('a request from a page of another origin (%s) is refused', (site) => {
  expect(decide({ headers: { 'sec-fetch-site': site, cookie: COOKIE } })).toEqual(refused('origin'))
})

test('a change without an origin is refused', () => {
  expect(decide({ method: 'POST', headers: { cookie: COOKIE } })).toEqual(refused('origin'))
  expect(decide({ method: 'DELETE', headers: { cookie: COOKIE } })).toEqual(refused('origin'))
})

test.each([
  ['no secret', {}],
  ['a wrong secret', { url: '/?secret=wrong-secret' }],
  ['an empty secret', { url: '/?secret=' }],
  ['a secret in another path', { url: '/state?secret=right-secret' }],
  ['a wrong cookie', { headers: { cookie: 'console-14566=wrong-secret' } }],
  ['the cookie of another port', { headers: { cookie: 'console-4566=right-secret' } }],
])('%s is refused', (_, asked) => {
  expect(decide(asked)).toEqual(refused('secret'))
})

test('scripts can’t read the cookie, and other sites don’t send it', () => {
  expect(sessionCookie(guard)).toBe(`${COOKIE}; HttpOnly; SameSite=Strict; Path=/`)
})
