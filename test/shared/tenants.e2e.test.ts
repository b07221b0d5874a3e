import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pascalCase } from '../../tools/case.ts'
import { ROOT } from '../../tools/local-cloud/settings.ts'
import { apiUrl, token } from '../support/cloud.ts'
import { call } from '../support/http.ts'

// Walks every protected route of every OpenAPI document: what is closed there is closed, and to each tenant alone.

interface Operation {
  security: { token?: [string] }[]
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>
}

/** Makes an object of each system, as `{name of its path parameter: value}`; a new system adds its own. */
const OWNED: Record<string, (api: string, bearer: string) => Promise<Record<string, string>>> = {
  'url-shortener': async (api, bearer) => {
    const made = await call(`${api}/v1/links`, { method: 'POST', token: bearer, body: { url: 'https://example.com/' } })
    return { code: made.json.code }
  },
}

/** Bodies that pass a route's checks, where an empty one doesn't: the refusal is then about whose it is. */
const BODIES: Record<string, object> = { 'PUT /v1/links/{code}/block': { reason: 'spam' } }

const routes = globSync(join(ROOT, 'docs/api/*.openapi.json')).flatMap((file) => {
  const system = basename(file, '.openapi.json')
  const { paths }: OpenApi = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { security }]) => {
      const scope = security[0]?.token?.[0]
      return scope ? [{ system, api: apiUrl(pascalCase(system)), path, method: method.toUpperCase(), scope }] : []
    }),
  )
})
type Route = (typeof routes)[number]

const send = ({ api, path, method }: Route, bearer: string | undefined, params: Record<string, string> = {}) => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? 'missing')
  const body = ['GET', 'DELETE'].includes(method) ? undefined : (BODIES[`${method} ${path}`] ?? {})
  return call(`${api}${filled}`, { method, body, ...(bearer && { token: bearer }) })
}

test('there are routes to walk, of every system that has an object to own', () => {
  expect(new Set(routes.map(({ system }) => system))).toEqual(new Set(Object.keys(OWNED)))
})

describe.each(routes)('$method $path of $system', (route) => {
  const { system, api, path, method, scope } = route

  test('is closed without a token, without its scope and without a tenant', async () => {
    expect((await send(route, undefined)).status).toBe(401)
    expect((await send(route, await token({ sub: 'me', tenant: 'acme', scope: 'other:scope' }))).status).toBe(403)
    expect((await send(route, await token({ sub: 'me', scope }))).json.code).toBe('tenant-missing')
  })

  test('shows and changes nothing of another tenant', async () => {
    const owner = await token({ sub: 'owner', tenant: `owner-${Date.now()}`, scope: 'links:read links:write' })
    const params = (await OWNED[system]?.(api, owner)) ?? {}
    const stranger = await token({ sub: 'stranger', tenant: `stranger-${Date.now()}`, scope })
    const { status, json } = await send(route, stranger, params)
    if (path.includes('{')) expect([status, json.code]).toEqual([404, 'not-found'])
    else if (method === 'GET') expect(json.items).toEqual([])
  })
})
