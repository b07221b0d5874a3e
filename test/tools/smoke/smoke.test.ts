import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Journey, JourneyContext } from '../../../lib/shared/journey.ts'
import { type RunOptions, runJourney, wholeJourney } from '../../../tools/smoke/run-journey.ts'
import { journeyOf, stacksWithJourney } from '../../../tools/smoke/smoke.ts'
import { freePort } from '../../../tools/test/free-port.ts'

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJl'

type Route = (request: IncomingMessage, response: ServerResponse) => void
const answer =
  (status: number, json: unknown = {}, headers: Record<string, string> = {}): Route =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json))

const problem = (status: number, code: string, headers: Record<string, string> = {}): Route =>
  answer(status, { status, code, detail: 'No.' }, { 'content-type': 'application/problem+json', ...headers })

let server: Server
let routes: Record<string, Route>
let asked: string[]

beforeEach(async () => {
  asked = []
  routes = {
    'GET /health': answer(200, { status: 'ok' }),
    'POST /things': (request, response) =>
      answer(request.headers.authorization === `Bearer ${TOKEN}` ? 201 : 401, {}, { etag: '"1"' })(request, response),
    'GET /things': answer(200, { items: ['a'] }),
    'DELETE /things': answer(204),
    'GET /no/such/path/*': problem(404, 'not-found'),
    'DELETE /health': problem(405, 'method-not-allowed', { allow: 'GET, HEAD' }),
  }
  server = createServer((request, response) => {
    const key = `${request.method} ${request.url}`.replace(/(?<=^GET \/no\/such\/path\/)[0-9a-f]+$/, '*')
    asked.push(key)
    ;(routes[key] ?? answer(404))(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const journeyWithin =
  (within: number) =>
  ({ ask }: JourneyContext): Journey => ({
    steps: [
      {
        name: 'is healthy',
        run: async () => {
          const holds = ({ status }: { status: string }) => status === 'ok'
          await ask({ path: '/health', anonymous: true, expect: { status: 200, body: { is: 'ok', holds } } })
        },
      },
      {
        name: 'creates a thing',
        run: async () => {
          await ask({ method: 'POST', path: '/things', body: {}, expect: { status: 201, headers: { etag: /"\d"/ } } })
        },
      },
      {
        name: 'lists the thing',
        run: async () => {
          const holds = ({ items }: { items: string[] }) => items.includes('a')
          await ask({ path: '/things', expect: { status: 200, body: { is: 'the thing', holds } }, within })
        },
      },
    ],
    cleanUp: async () => {
      await ask({ method: 'DELETE', path: '/things', expect: { status: [204, 404] } })
    },
  })

async function run({ within = 300, ...options }: Partial<RunOptions> & { within?: number } = {}) {
  const lines: string[] = []
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const failures = await runJourney({
    url,
    token: TOKEN,
    journey: journeyWithin(within),
    timeout: 2000,
    interval: 5,
    print: (line) => lines.push(line.replace(/\(\d+ ms\)$/, '(ms)')),
    ...options,
  })
  return { lines, failures }
}

test('prints a line for each step that passed, and returns no failure', async () => {
  expect(await run()).toEqual({
    lines: [
      '✔ is healthy (ms)',
      '✔ creates a thing (ms)',
      '✔ lists the thing (ms)',
      '✔ answers 404 for an unknown path (ms)',
      '✔ answers 405 for a wrong method (ms)',
    ],
    failures: [],
  })
})

test('the first failure ends the journey, and everything created is cleaned up', async () => {
  routes['POST /things'] = answer(500, { code: 'internal-error', detail: 'Something went wrong.' })
  const { lines, failures } = await run()
  const line = '✖ creates a thing: POST /things: expected 201, got 500, internal-error: Something went wrong.'
  expect([lines, failures]).toEqual([['✔ is healthy (ms)', line], [line]])
  expect(asked).toEqual(['GET /health', 'POST /things', 'DELETE /things'])
})

test.each<[string, Record<string, Route>, string]>([
  [
    'another body',
    { 'GET /health': answer(200, { status: 'no' }) },
    'GET /health: expected 200 with ok, got 200, {"status":"no"}',
  ],
  ['a body that is not JSON', { 'GET /health': (_, response) => response.end('<p>\n hello') }, 'got 200, <p> hello'],
  ['a long body', { 'GET /health': answer(500, 'x'.repeat(9000)) }, `got 500, "${'x'.repeat(199)}…`],
  [
    'a header that is missing',
    { 'POST /things': answer(201) },
    'expected 201 with etag: /"\\d"/, got 201, etag: none, {}',
  ],
  [
    'a token that is refused',
    { 'POST /things': answer(401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' }) },
    'got 401, www-authenticate: Bearer error="invalid_token", {}, does the token have the issuer and audience that the stack was deployed with?',
  ],
  [
    'a token without a tenant',
    { 'POST /things': answer(403, { code: 'tenant-missing', detail: 'The token names no tenant (claim "tenant").' }) },
    'got 403, tenant-missing: The token names no tenant (claim "tenant").',
  ],
  [
    'a list that never has it',
    { 'GET /things': answer(200, { items: [] }) },
    'expected 200 with the thing, got 200, {"items":[]} (asked again for 0.3 s)',
  ],
  [
    'a redirect, which is not followed',
    { 'GET /health': answer(302, {}, { location: '/things' }) },
    'expected 200, got 302, {}',
  ],
  [
    'an unknown path that API Gateway itself answers',
    { 'GET /no/such/path/*': answer(500, { message: 'Internal Server Error' }) },
    '✖ answers 404 for an unknown path: GET /no/such/path/',
  ],
  [
    'an unknown path whose answer is not a problem',
    { 'GET /no/such/path/*': answer(404, { message: 'Not Found' }) },
    'expected 404 with content-type: /^application\\/problem\\+json\\b/, got 404, content-type: application/json',
  ],
  [
    'an unknown path with another code',
    { 'GET /no/such/path/*': problem(404, 'missing') },
    'expected 404 with the problem not-found, got 404, content-type: application/problem+json, missing: No.',
  ],
  [
    'a wrong method whose answer lists no allowed method',
    { 'DELETE /health': problem(405, 'method-not-allowed') },
    'got 405, content-type: application/problem+json, allow: none, method-not-allowed: No.',
  ],
  ['no answer in time', { 'GET /health': () => undefined }, 'GET /health: no answer within 2 s'],
  ['a connection that breaks', { 'GET /health': (request) => request.socket.destroy() }, 'GET /health: no answer: '],
])('%s is reported in one line with the actual answer', async (_, broken, expected) => {
  Object.assign(routes, broken)
  const { failures } = await run()
  expect(failures).toEqual([expect.stringContaining(expected)])
  expect(failures[0]).not.toContain('\n')
})

test('a refused connection is reported, for the steps and for the cleanup', async () => {
  const { failures } = await run({ url: `http://127.0.0.1:${await freePort()}` })
  expect(failures).toEqual([
    '✖ is healthy: GET /health: no answer: ECONNREFUSED',
    '✖ cleaning up: DELETE /things: no answer: ECONNREFUSED',
  ])
})

test('eventually consistent data is requested again until it is there', async () => {
  let looks = 0
  routes['GET /things'] = (request, response) => answer(200, { items: ++looks < 3 ? [] : ['a'] })(request, response)
  expect((await run()).failures).toEqual([])
  expect(looks).toBe(3)
})

test('a request that was refused for a while is sent again after that time, and not before', async () => {
  const times: number[] = []
  routes['GET /things'] = (request, response) => {
    const isFirst = times.push(performance.now()) === 1
    const refused = answer(429, {}, { 'retry-after': '1' })
    ;(isFirst ? refused : answer(200, { items: ['a'] }))(request, response)
  }
  expect((await run({ within: 5000 })).failures).toEqual([])
  const [first = 0, second = 0] = times
  expect(second - first).toBeGreaterThan(990)
})

test('a request that would have to wait for longer than the step has is not sent again', async () => {
  let looks = 0
  routes['GET /things'] = (request, response) => {
    looks += 1
    answer(429, { code: 'rate-limited', detail: 'Later.' }, { 'retry-after': '60' })(request, response)
  }
  expect((await run()).failures).toEqual([expect.stringContaining('got 429, rate-limited: Later.')])
  expect(looks).toBe(1)
})

test('no line contains the token or a part of it, even if the answer repeats it', async () => {
  routes['POST /things'] = (request, response) => answer(400, { echo: request.headers })(request, response)
  const { lines } = await run()
  expect(lines.join()).toContain('Bearer [token]')
  for (const part of TOKEN.split('.')) expect(lines.join()).not.toContain(part)
})

test('the token is removed from a body before it is cut', async () => {
  routes['POST /things'] = answer(400, { code: 'x'.repeat(180), detail: TOKEN })
  const { failures } = await run()
  expect(failures[0]).toMatch(/: \[token\]$/)
})

test('an anonymous request has no token', async () => {
  const headers: (string | undefined)[] = []
  routes['GET /health'] = (request, response) => {
    headers.push(request.headers.authorization)
    answer(200, { status: 'ok' })(request, response)
  }
  await run()
  expect(headers).toEqual([undefined])
})

test.each(stacksWithJourney())('the journey of %s ends with an unknown path and a wrong method', async (stack) => {
  const notCalled = () => Promise.reject(new Error('not called'))
  const context = { ask: notCalled, connect: notCalled, unique: 'x' }
  const names = wholeJourney((await journeyOf(stack)).journey, context).steps.map(({ name }) => name)
  expect(names.slice(-2)).toEqual(['answers 404 for an unknown path', 'answers 405 for a wrong method'])
  expect(new Set(names).size).toBe(names.length)
})

test('a bug in the journey is reported, too', async () => {
  const broken = (): Journey => ({
    steps: [{ name: 'breaks', run: () => Promise.reject(new TypeError(`no ${TOKEN}`)) }],
    cleanUp: async () => undefined,
  })
  expect((await run({ journey: broken })).failures).toEqual([
    '✖ breaks: error in the journey itself: TypeError: no [token]',
  ])
})
