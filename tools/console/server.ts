import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { CallRequest, ConsoleState, Inventory, TokenRequest, Trace } from '../../console/shared/wire.ts'
import { pagePolicy, send, sendJson, sendProblem, startEvents } from './answer.ts'
import type { PageFiles } from './bundle.ts'
import { callApi } from './call-api.ts'
import type { FaultSwitch } from './faults.ts'
import { createFrames, FRAME_POLICY } from './frames.ts'
import { admit, type GuardOptions, sessionCookie } from './guard.ts'
import type { LiveFeed } from './live.ts'

/** The largest body of a request, which is larger than any that an API accepts. */
const MAX_BODY = 6 * 1024 * 1024

/** The most calls that the page may have sent at once. */
const MAX_CALLS = 200

/** The services that only a local cloud has. */
export interface LocalServices {
  inventory: () => Promise<Inventory>
  trace: (id: string) => Promise<Trace>
  signToken: (claims: TokenRequest) => Promise<string>
  faults: FaultSwitch
  live: LiveFeed
}

export interface ConsoleOptions {
  secret: string
  page: () => Promise<PageFiles>
  state: () => Promise<ConsoleState>
  /** Loads what only a local cloud has, when it is first asked for; absent for a deployment on AWS. */
  local?: () => Promise<LocalServices>
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Creates the console's server. Its `Host` is known only when it listens, on 127.0.0.1. */
export function createConsoleServer(options: ConsoleOptions): Server {
  const routes = routesOf(options)
  const server = createServer((request, response) => {
    const guard = { host: hostOf(server), secret: options.secret }
    answer(request, response, { guard, routes }).catch((error: Error) => {
      if (response.headersSent) response.end()
      else sendProblem(response, error instanceof TypeError ? 400 : 502, error.message)
    })
  })
  return server
}

/** Returns the only `Host` of a server that listens. */
export function hostOf(server: Server): string {
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { guard, routes }: { guard: GuardOptions; routes: Record<string, Handle> },
): Promise<void> {
  const admission = admit(request, guard)
  if (admission.kind === 'refused') {
    const isPerson = admission.reason === 'secret'
    const body = isPerson ? 'Open the URL that "npm start" or "npm run console" printed.\n' : ''
    return send(response, 403, { type: 'text/plain; charset=utf-8', body })
  }
  if (admission.kind === 'first-visit') return welcome(response, guard)
  const path = pathOf(request)
  const handle = routes[`${request.method} ${path}`] ?? routes[`${request.method} ${path.replace(/[^/]*$/, '*')}`]
  if (!handle) return sendProblem(response, 404, `There is no ${request.method} ${path}.`)
  await handle(request, response)
}

/** Keeps the secret out of the address bar: with a redirect, a browser would not send the new cookie after a link. */
function welcome(response: ServerResponse, guard: GuardOptions): void {
  const body = '<!doctype html><title>Stackyard</title><meta http-equiv="refresh" content="0; url=/">'
  const headers = { 'set-cookie': sessionCookie(guard) }
  send(response, 200, { type: 'text/html; charset=utf-8', body, headers })
}

function routesOf({ page, state, local }: ConsoleOptions): Record<string, Handle> {
  const frames = createFrames()
  const json = (read: (request: IncomingMessage) => Promise<unknown>): Handle => {
    return async (request, response) => sendJson(response, 200, await read(request))
  }
  const common: Record<string, Handle> = {
    'GET /': async (_, response) => {
      const sockets = (await state()).stacks.flatMap(({ webSocketUrl }) => webSocketUrl ?? [])
      const headers = { 'content-security-policy': pagePolicy(sockets) }
      send(response, 200, { type: 'text/html; charset=utf-8', body: (await page()).html, headers })
    },
    'GET /console.js': async (_, response) =>
      send(response, 200, { type: 'text/javascript; charset=utf-8', body: (await page()).script }),
    'GET /console.css': async (_, response) =>
      send(response, 200, { type: 'text/css; charset=utf-8', body: (await page()).style }),
    'GET /state': json(state),
    // Few visits ask for them, and they take a hundred files.
    'GET /guarantees': json(async () => (await import('./promises.ts')).readPromises()),
    'POST /calls': json(async (request) => {
      const { stacks } = await state()
      const calls = (await readJson(request)) as CallRequest[]
      if (calls.length > MAX_CALLS) throw new TypeError(`${calls.length} calls are more than ${MAX_CALLS}.`)
      const urls = calls.map(({ stack, path }) => {
        const { apiUrl } = stacks.find(({ name }) => name === stack) ?? {}
        if (apiUrl === undefined) throw new TypeError(`The stack ${stack} is not deployed.`)
        if (!path.startsWith('/')) throw new TypeError(`The path ${path} begins with no slash.`)
        return apiUrl + path
      })
      return Promise.all(calls.map((call, index) => callApi(urls[index] ?? '', call)))
    }),
    'POST /frames': json(async (request) => ({ path: frames.add(await readText(request)) })),
    'GET /frames/*': async (request, response) => {
      const html = frames.get(pathOf(request))
      if (html === undefined) return sendProblem(response, 404, 'The document is no longer remembered.')
      const headers = { 'content-security-policy': FRAME_POLICY }
      send(response, 200, { type: 'text/html; charset=utf-8', body: html, headers })
    },
  }
  return local ? { ...common, ...localRoutes(local, json) } : common
}

function localRoutes(
  local: () => Promise<LocalServices>,
  json: (read: (request: IncomingMessage) => Promise<unknown>) => Handle,
): Record<string, Handle> {
  return {
    'GET /inventory': json(async () => (await local()).inventory()),
    'GET /trace/*': json(async (request) =>
      (await local()).trace(decodeURIComponent(pathOf(request).slice('/trace/'.length))),
    ),
    'POST /token': json(async (request) => {
      const claims = (await readJson(request)) as TokenRequest
      return { token: await (await local()).signToken(claims) }
    }),
    'POST /faults': json(async (request) => {
      const { functionName, faults: wanted } = (await readJson(request)) as FaultsRequest
      await (await local()).faults.set(functionName, wanted)
      return {}
    }),
    'DELETE /faults': json(async () => ({ restored: await (await local()).faults.clear() })),
    'GET /live': async (request, response) => {
      const { live } = await local()
      const listener = startEvents(response)
      request.on('close', live.subscribe(listener))
    },
  }
}

interface FaultsRequest {
  functionName: string
  faults: Parameters<FaultSwitch['set']>[1]
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/\?.*$/, '')
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readText(request))
  } catch (cause) {
    throw new TypeError('The body is not JSON.', { cause })
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY) throw new TypeError(`The body has more than ${MAX_BODY} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
