import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import createExpress from 'express'
import createFastify from 'fastify'
import { type Answer, answers, startServer } from '../../support/misbehaving-server.ts'
import { decision } from './a-service.ts'

// The recipe's files are run as they stand there, with the client in its place, before real servers of the frameworks.

const ROOT = join(import.meta.dirname, '../../..')
const PAGE = readFileSync(join(ROOT, 'docs/recipes/limit-your-own-api.md'), 'utf8')
mkdirSync(join(ROOT, '.build'), { recursive: true })
const directory = mkdtempSync(join(ROOT, '.build', 'recipe-'))
const closers: (() => Promise<void> | void)[] = []

afterAll(async () => {
  rmSync(directory, { recursive: true })
  await Promise.all(closers.map((close) => close()))
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

interface LambdaAnswer {
  statusCode: number
  headers?: Record<string, string>
  body: string
}

type LambdaHandler = (event: object, context: object) => Promise<LambdaAnswer>

/** The exports of the page's files for the frameworks. */
interface RecipeFile {
  limit: (...args: unknown[]) => Promise<unknown>
  withLimit: (handler: LambdaHandler) => LambdaHandler
}

/** Imports a file of the page. */
type Recipe = (name: string) => Promise<RecipeFile>

/** Writes the page's files for a machine that may be busy. */
const writePatient = (name: string, onUnavailable: string) =>
  writeFiles(name, PAGE.replace("onUnavailable: 'open'", `onUnavailable: '${onUnavailable}', timeoutMs: 10_000`))

const open = writePatient('open', 'open')
const closed = writePatient('closed', 'closed')

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
    const response = await fetch(await startApi(open))
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect(JSON.parse(service.requests.at(-1)?.body ?? '')).toEqual({ checks: [{ policy: 'api', subject: 'user:7' }] })
  })

  test('a refusal is a problem with its status', async () => {
    turns = [denied]
    const response = await fetch(await startApi(open))
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json\b/)
    expect(await response.json()).toEqual({ type: 'about:blank', title: 'Too many requests', status: 429 })
  })

  test('a request is refused for a second while the limiter is down, if closed was chosen', async () => {
    turns = [down]
    const response = await fetch(await startApi(closed))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await response.json()).toMatchObject({ title: 'Try again later', status: 503 })
  })

  test('a denied request never reaches the route', async () => {
    turns = [denied, allowed]
    const url = await startApi(open)
    const bodies = [await (await fetch(url)).text(), await (await fetch(url)).text()]
    expect(bodies).toEqual([expect.not.stringContaining(SERVED), SERVED])
  })
})

test('an outage is logged, once a request', () => {
  expect(warnings).toEqual(Array(6).fill('No decision for user:7: The rate limiter answered 503.'))
})

test('one token serves all requests of a process', () => {
  const processes = 2
  expect(issuer.requests).toHaveLength(processes)
  expect(issuer.requests[0]?.headers.authorization).toBe(`Basic ${btoa('id:secret')}`)
  expect(service.requests.every(({ headers }) => headers.authorization === 'Bearer fresh')).toBe(true)
})

async function aServer(answer: Answer) {
  const server = await startServer(answer)
  closers.push(server.close)
  return server
}

/** Writes each file of the page to a folder, as those of one process, and returns how to import one. */
function writeFiles(folder: string, page: string): Recipe {
  mkdirSync(join(directory, folder))
  for (const [, name = '', text = ''] of page.matchAll(/^```js\n\/\/ ([\w-]+\.js)\n([\s\S]*?)^```$/gm)) {
    const source = text
      .replace("'@stackyard/limiter-client'", `'${join(ROOT, 'clients/limiter/src/limiter-client.ts')}'`)
      .replaceAll(/'(\.\/[\w-]+)\.js'/g, "'$1.ts'")
    // Jest reads ES modules by this ending.
    writeFileSync(join(directory, folder, name.replace('.js', '.ts')), source)
  }
  return (name: string) => import(join(directory, folder, name))
}

const USER = { id: 7 }
/** The answer of the route behind the limit. */
const SERVED = 'served'

async function listen(serve: RequestListener): Promise<string> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function expressApi(recipe: Recipe): Promise<string> {
  const { limit } = await recipe('express-limit.ts')
  const app = createExpress()
  app.use((request, _response, next) => {
    Object.assign(request, { user: USER })
    next()
  })
  app.use((...args) => limit(...args))
  app.get('/', (_request, response) => response.end(SERVED))
  return listen(app)
}

async function fastifyApi(recipe: Recipe): Promise<string> {
  const { limit } = await recipe('fastify-limit.ts')
  const app = createFastify()
  app.addHook('onRequest', async (request) => {
    Object.assign(request, { user: USER })
  })
  app.addHook('preHandler', async (request, reply) => limit(request, reply))
  app.get('/', async () => SERVED)
  closers.push(async () => {
    await app.close()
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** API Gateway gives the claims and sends what the function returns; a function that throws is its 500. */
async function lambdaApi(recipe: Recipe): Promise<string> {
  const { withLimit } = await recipe('lambda-limit.ts')
  const handler = withLimit(async () => ({ statusCode: 200, body: SERVED }))
  const event = { requestContext: { authorizer: { jwt: { claims: { sub: String(USER.id) } } } } }
  return listen(async (_request, response) => {
    const failed = (): LambdaAnswer => ({ statusCode: 500, body: '' })
    const { statusCode, headers, body } = await handler(event, {}).catch(failed)
    response.writeHead(statusCode, headers).end(body)
  })
}
