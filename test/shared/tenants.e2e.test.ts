import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pascalCase } from '../../tools/support/case.ts'
import { ROOT } from '../../tools/support/settings.ts'
import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { call } from '../support/http.ts'

// Walks every protected route of every OpenAPI document: what is closed there is closed, and to each tenant alone.

interface Operation {
  security: { token?: [string] }[]
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>
}

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

const send = async (
  { system, api, path, method }: Route,
  bearer: string | undefined,
  params: Record<string, string> = {},
) => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? 'missing')
  const { bodies = {}, queries = {} } = await import(`../${system}/owned.ts`)
  const body = ['GET', 'DELETE'].includes(method) ? undefined : (bodies[`${method} ${path}`] ?? {})
  const query = queries[`${method} ${path}`]
  const url = `${api}${filled}${query === undefined ? '' : `?${query}`}`
  return call(url, { method, body, ...(bearer && { token: bearer }) })
}

/**
 * Makes an object as its owner, who holds all scopes of the system; each system says how in `test/<system>/owned.ts`.
 */
async function paramsOfOwned({ system, api }: Route): Promise<Record<string, string>> {
  const { makeOwned } = await import(`../${system}/owned.ts`)
  const scope = routes.filter((route) => route.system === system).map((route) => route.scope)
  const owner = { sub: 'owner', tenant: newTenant(), scope: [...new Set(scope)].join(' ') }
  const params = await makeOwned(api, await token(owner))
  expect(Object.values(params)).not.toContain(undefined)
  return params
}

test('there are routes to walk', () => {
  expect(routes).not.toEqual([])
})

describe.each(routes)('$method $path of $system', (route) => {
  const { path, method, scope } = route

  test('is closed without a token, without its scope and without a tenant', async () => {
    expect((await send(route, undefined)).status).toBe(401)
    expect((await send(route, await token({ sub: 'me', tenant: newTenant(), scope: 'other:scope' }))).status).toBe(403)
    expect((await send(route, await token({ sub: 'me', scope }))).json.code).toBe('tenant-missing')
    // API Gateway's form of a claim that is null.
    expect((await send(route, await token({ sub: 'me', tenant: 'null', scope }))).json.code).toBe('tenant-missing')
  })

  test('shows and changes nothing of another tenant', async () => {
    const params = await paramsOfOwned(route)
    const stranger = await token({ sub: 'stranger', tenant: newTenant(), scope })
    const { status, json } = await send(route, stranger, params)
    const owned = await import(`../${route.system}/owned.ts`)
    const { ownNames = [], unmade = [], refusals = {}, ofService = [], codeOfMissing = () => 'not-found' } = owned
    const routeKey = `${method} ${path}`
    if (ofService.includes(routeKey)) return
    // Not 200: what is made is new, though the owner has one of this name.
    if (ownNames.includes(routeKey)) expect([201, 202, 204]).toContain(status)
    else if (unmade.includes(routeKey)) {
      const others = Object.fromEntries(Object.keys(params).map((name) => [name, `nobodys-${name}`]))
      const ofNobody = await send(route, stranger, others)
      expect([status, json]).toEqual([ofNobody.status, ofNobody.json])
      expect([200, 204]).toContain(status)
    } else if (path.includes('{')) expect([status, json.code]).toEqual(refusals[routeKey] ?? [404, codeOfMissing(path)])
    else if (method === 'GET') expect(json.items ?? json.top).toEqual([])
  })
})
