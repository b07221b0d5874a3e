import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Answer, answers, startServer } from '../../support/misbehaving-server.ts'
import { decision } from './a-service.ts'

// The recipe's files are run as they stand there, with the client in its place.

const ROOT = join(import.meta.dirname, '../../..')
mkdirSync(join(ROOT, '.build'), { recursive: true })
const directory = mkdtempSync(join(ROOT, '.build', 'recipe-'))
const closers: (() => void)[] = []

afterAll(() => {
  rmSync(directory, { recursive: true })
  for (const close of closers) close()
})

const allowed = answers.json({ allowed: true, decisions: [decision] })
const denied = answers.json({ allowed: false, decisions: [{ ...decision, allowed: false, retryAfterMs: 1200 }] })
const never = answers.json({ allowed: false, decisions: [{ ...decision, allowed: false, retryAfterMs: null }] })
const refused = answers.json({ code: 'unknown-policy' }, 422)
const down = answers.text('', 503)

const service = await aServer((response) => turns.shift()?.(response))
const issuer = await aServer(answers.json({ access_token: 'fresh', expires_in: 3600 }))
let turns: Answer[] = []
Object.assign(process.env, {
  LIMITER_URL: service.url,
  TOKEN_URL: issuer.url,
  CLIENT_ID: 'id',
  CLIENT_SECRET: 'secret',
})
const warnings: string[] = []
Object.assign(console, { warn: (line: string) => warnings.push(line) })
const recipe = await writeFiles(readFileSync(join(ROOT, 'docs/recipes/limit-your-own-api.md'), 'utf8'))

describe.each([
  ['Express', expressApi],
  ['Fastify', fastifyApi],
  ['Lambda', lambdaApi],
])('before an API of %s', (_, startApi) => {
  test.each([
    ['a request that is allowed passes', allowed, 200, null],
    ['a denied one is 429 with Retry-After in whole seconds', denied, 429, '2'],
    ['one that can never pass is 429 without Retry-After', never, 429, null],
    ['one passes while the limiter is down', down, 200, null],
    ['one is the error of the API when the policy does not exist', refused, 500, null],
  ])('%s', async (...row) => {
    const [, answer, status, retryAfter] = row
    turns = [answer]
    const response = await fetch(await startApi())
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect(JSON.parse(service.requests.at(-1)?.body ?? '')).toEqual({ checks: [{ policy: 'api', subject: 'user:7' }] })
  })
})

test('an outage is logged, once a request', () => {
  expect(warnings).toEqual(Array(3).fill('No decision for user:7: The rate limiter answered 503.'))
})

test('one token serves all requests', () => {
  expect(issuer.requests).toHaveLength(1)
  expect(issuer.requests[0]?.headers.authorization).toBe(`Basic ${btoa('id:secret')}`)
  expect(service.requests.every(({ headers }) => headers.authorization === 'Bearer fresh')).toBe(true)
})

async function aServer(answer: Answer) {
  const server = await startServer(answer)
  closers.push(server.close)
  return server
}

/** Writes each file of the page, and returns how to import one. */
async function writeFiles(page: string) {
  for (const [, name = '', text = ''] of page.matchAll(/^```js\n\/\/ ([\w-]+\.js)\n([\s\S]*?)^```$/gm)) {
    const source = text
      .replace("'@stackyard/limiter-client'", `'${join(ROOT, 'clients/limiter/src/limiter-client.ts')}'`)
      .replaceAll(/'(\.\/[\w-]+)\.js'/g, "'$1.ts'")
    // Jest reads ES modules by this ending.
    writeFileSync(join(directory, name.replace('.js', '.ts')), source)
  }
  return (name: string) => import(join(directory, name))
}

type Serve = (request: IncomingMessage & { user: { id: number } }, response: ServerResponse) => Promise<void>

async function listen(serve: Serve): Promise<string> {
  const server = createServer(async (request, response) => {
    await serve(Object.assign(request, { user: { id: 7 } }), response).catch(() => response.writeHead(500).end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Express calls middleware as this does, with objects that are those of node:http. */
async function expressApi(): Promise<string> {
  const { limit } = await recipe('express-limit.ts')
  return listen((request, response) =>
    limit(request, response, (error?: unknown) => response.writeHead(error ? 500 : 200).end()),
  )
}

/** Fastify sends what a hook sends, and goes on to the route when it sent nothing. */
async function fastifyApi(): Promise<string> {
  const { limit } = await recipe('fastify-limit.ts')
  return listen(async (request, response) => {
    const reply = {
      code(status: number) {
        response.statusCode = status
        return reply
      },
      headers(fields: Record<string, string>) {
        response.setHeaders(new Map(Object.entries(fields)))
        return reply
      },
      send(body: string) {
        response.end(body)
        return reply
      },
    }
    if ((await limit(request, reply)) === undefined) response.end()
  })
}

/** API Gateway gives the claims and sends what the function returns. */
async function lambdaApi(): Promise<string> {
  const { withLimit } = await recipe('lambda-limit.ts')
  const handler = withLimit(async () => ({ statusCode: 200 }))
  return listen(async (request, response) => {
    const claims = { sub: String(request.user.id) }
    const { statusCode, headers, body } = await handler({ requestContext: { authorizer: { jwt: { claims } } } }, {})
    response.writeHead(statusCode, headers).end(body)
  })
}
