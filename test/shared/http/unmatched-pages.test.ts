import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiDescription } from '../../../functions/shared/http/api-description.ts'
import { type HttpRoute, httpHandler } from '../../../functions/shared/http/handler.ts'
import { ROOT } from '../../../tools/support/settings.ts'
import { httpEvent, lambdaContext } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

// Walks every API: a person who mistypes the address of a page gets a page, too.

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const ROUTE_KEYS = ['GET /a-page', 'POST /a-page']

/** Stands for everything that the routes are built of, none of which an unmatched request needs. */
const anything: object = new Proxy(() => {}, {
  get(_, name) {
    if (name === 'routeKeys') return ROUTE_KEYS
    return name === Symbol.iterator ? () => [].values() : anything
  },
  apply: () => anything,
})

const apis = await Promise.all(
  globSync('functions/*/*-routes.ts', { cwd: ROOT })
    .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('$default:'))
    .map(async (file) => {
      const { apiDescription }: { apiDescription: ApiDescription } = await import(
        join(ROOT, file, '../api-description.ts')
      )
      return { file, hasPages: apiDescription.operations.some(({ pages }) => pages) }
    }),
)

async function unmatchedRouteOf(file: string): Promise<HttpRoute> {
  const module: Record<string, (options: object) => Record<string, HttpRoute>> = await import(join(ROOT, file))
  const [build] = Object.values(module)
  const route = build?.(anything).$default
  if (!route) throw new Error(`${file} builds no route $default.`)
  return route
}

test('every API that is described is walked', () => {
  expect(apis).toHaveLength(globSync('functions/*/api-description.ts', { cwd: ROOT }).length)
})

describe.each(apis)('$file', ({ file, hasPages }) => {
  test.each([
    ['GET', '/a-page/', 404],
    ['GET', '/a-page/x', 404],
    ['DELETE', '/a-page', 405],
  ])('answers %s %s by a problem, and people by a page if it has pages', async (method, path, status) => {
    const handler = httpHandler({
      ...recordedTelemetry().telemetry,
      routes: { $default: await unmatchedRouteOf(file) },
    })
    const ask = async (accept: string) => {
      const event = httpEvent({ routeKey: '$default', method, path, headers: { accept } })
      const { statusCode, headers = {}, body } = await handler(event, lambdaContext())
      return [statusCode, headers['content-type'], String(body)]
    }
    const problem = [status, 'application/problem+json; charset=utf-8', expect.any(String)]
    const page = [status, 'text/html; charset=utf-8', expect.stringMatching(/^<!doctype html>/)]
    expect(await ask(BROWSER)).toEqual(hasPages ? page : problem)
    for (const accept of ['*/*', 'application/json']) expect(await ask(accept)).toEqual(problem)
  })
})
