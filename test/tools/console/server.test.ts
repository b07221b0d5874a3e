import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ConsoleState } from '../../../console/shared/wire.ts'
import { createConsoleServer, hostOf, type LocalServices } from '../../../tools/console/server.ts'

const SECRET = 'the-secret'
const servers: Server[] = []
const signed: object[] = []
let [host, api] = ['', '']

/** A cloud of which the server asks everything; nothing of it is deployed. */
const local: LocalServices = {
  inventory: async () => ({ functions: [], queues: [] }),
  trace: async (id) => ({ id, spans: [], lines: [] }),
  signToken: async (claims) => {
    signed.push(claims)
    return 'a-token'
  },
  faults: { set: async () => {}, clear: async () => 0 },
  live: {
    subscribe: (listener) => {
      listener('queues', [])
      return () => {}
    },
    close: async () => {},
  },
}

async function listen(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return hostOf(server)
}

beforeAll(async () => {
  const upstream = createServer((request, response) => {
    response.writeHead(302, { location: 'https://example.com/', 'x-seen': JSON.stringify(request.headers) })
    response.end(`<script>${request.method} ${request.url}</script>`)
  })
  api = `http://${await listen(upstream)}/api`
  const state = async (): Promise<ConsoleState> => ({
    mode: 'local',
    isUp: true,
    stacks: [{ name: 'Orders', apiUrl: api, webSocketUrl: 'ws://127.0.0.1:4566/live' }],
  })
  const page = async () => ({ html: '<!doctype html>', script: 'script', style: 'style' })
  host = await listen(createConsoleServer({ secret: SECRET, page, state, local: async () => local }))
})
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

interface Asked {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

/** Sends a request with any `Host`, which `fetch` doesn't. */
async function ask({ method = 'GET', path, headers = {}, body = '' }: Asked) {
  const port = Number(host.split(':')[1])
  // The live feed never ends for whoever is let in.
  const signal = AbortSignal.timeout(10_000)
  const request = httpRequest({ host: '127.0.0.1', port, method, path, headers: { host, ...headers }, signal })
  request.end(body)
  const [response] = await once(request, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

const own = (more: object = {}) => ({
  cookie: `console-${host.split(':')[1]}=${SECRET}`,
  origin: `http://${host}`,
  ...more,
})

const PATHS = [
  '/',
  '/console.js',
  '/console.css',
  '/state',
  '/guarantees',
  '/inventory',
  '/trace/1',
  '/live',
  '/frames/1',
  '/nothing',
]

describe.each(PATHS)('%s', (path) => {
  test.each([
    ['a wrong Host', () => own({ host: 'evil.example' })],
    ['another origin', () => own({ origin: 'http://evil.example' })],
    ['another site', () => own({ 'sec-fetch-site': 'cross-site' })],
    ['no secret', () => ({ origin: `http://${host}` })],
    ['a wrong secret', () => own({ cookie: `console-${host.split(':')[1]}=wrong` })],
  ])('gives nothing to a request with %s', async (_, headers) => {
    const { status, text, headers: answered } = await ask({ path, headers: headers() as Record<string, string> })
    expect(status).toBe(403)
    expect(text).toMatch(/^(|Open the URL that .* printed\.\n)$/)
    expect(answered).not.toHaveProperty('set-cookie')
    expect(answered).not.toHaveProperty('access-control-allow-origin')
  })
})

test('no token is signed for a page of another origin', async () => {
  const asked = { method: 'POST', path: '/token', body: '{"sub":"a","scope":"b"}' }
  expect((await ask({ ...asked, headers: own({ origin: 'http://evil.example' }) })).status).toBe(403)
  expect((await ask({ ...asked, headers: {} })).status).toBe(403)
  expect(signed).toEqual([])
  const { status, text } = await ask({ ...asked, headers: own() })
  expect([status, JSON.parse(text), signed]).toEqual([200, { token: 'a-token' }, [{ sub: 'a', scope: 'b' }]])
})

test('the printed URL sets the cookie, and leaves the address bar without the secret', async () => {
  const { status, headers, text } = await ask({ path: `/?secret=${SECRET}` })
  expect([status, headers['set-cookie']]).toEqual([200, [expect.stringContaining('HttpOnly; SameSite=Strict')]])
  expect(text).toContain('url=/"')
  expect(text).not.toContain(SECRET)
  expect(headers['referrer-policy']).toBe('no-referrer')
})

test('the page may load nothing but its own files, and connect to the WebSockets of the stacks alone', async () => {
  const { headers } = await ask({ path: '/', headers: own() })
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
  expect(policy).toContain("connect-src 'self' ws://127.0.0.1:4566;")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
})

test('the page gets the promises of each system, with the tests that prove them', async () => {
  const { systems } = JSON.parse((await ask({ path: '/guarantees', headers: own() })).text)
  expect(systems).not.toEqual([])
  for (const { guarantees } of systems) {
    expect(guarantees).not.toEqual([])
    for (const { text, proofs } of guarantees) {
      expect(text).not.toBe('')
      expect(proofs).toContainEqual({ file: expect.stringMatching(/^test\//), title: expect.any(String) })
    }
  }
})

test('a call reaches the API as it was asked for, and its redirect and its HTML come back as data', async () => {
  const calls = [
    { stack: 'Orders', method: 'PUT', path: '/v1/x?y=%2F', headers: { authorization: 'Bearer t' }, body: '1' },
  ]
  const { text, headers } = await ask({ method: 'POST', path: '/calls', headers: own(), body: JSON.stringify(calls) })
  expect(headers['content-type']).toContain('application/json')
  const [{ status, body, headers: answered, ms }] = JSON.parse(text)
  expect([status, answered.location]).toEqual([302, 'https://example.com/'])
  expect(Buffer.from(body, 'base64').toString()).toBe('<script>PUT /api/v1/x?y=%2F</script>')
  expect(JSON.parse(answered['x-seen'])).toMatchObject({ authorization: 'Bearer t' })
  expect(JSON.parse(answered['x-seen'])).not.toHaveProperty('cookie')
  expect(ms).toBeGreaterThan(0)
})

test.each([
  ['of a stack that is not deployed', [{ stack: 'Other', method: 'GET', path: '/', headers: {} }]],
  ['to another host', [{ stack: 'Orders', method: 'GET', path: '@evil.example/', headers: {} }]],
  ['of too many at once', Array(201).fill({ stack: 'Orders', method: 'GET', path: '/', headers: {} })],
])('a call %s is refused', async (_, calls) => {
  const { status } = await ask({ method: 'POST', path: '/calls', headers: own(), body: JSON.stringify(calls) })
  expect(status).toBe(400)
})

test('a document of somebody else is of no origin, and runs and loads nothing', async () => {
  const { text } = await ask({ method: 'POST', path: '/frames', headers: own(), body: '<h1>Mail</h1>' })
  const { headers, text: shown } = await ask({ path: JSON.parse(text).path, headers: own() })
  expect(shown).toBe('<h1>Mail</h1>')
  expect(headers['content-security-policy']).toMatch(
    /^sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:/,
  )
})

test('it listens on the loopback address only', () => {
  const addresses = servers.map((server) => (server.address() as AddressInfo).address)
  expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']))
})
