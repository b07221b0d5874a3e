import { HttpProblem } from '../../../functions/shared/http/response.ts'
import { unmatchedRoute } from '../../../functions/shared/http/route-table.ts'
import { httpEvent, requestOf } from '../../support/events.ts'

const answer = unmatchedRoute([
  'GET /{code}',
  'HEAD /{code}',
  'GET /health',
  'POST /v1/links',
  'GET /v1/links/{code}',
  'DELETE /v1/links/{code}',
  'GET /v1/a.b',
])

async function problemOf(method: string, path: string) {
  const error = await answer(requestOf(httpEvent({ routeKey: '$default', method, path }))).catch((e: unknown) => e)
  if (!(error instanceof HttpProblem)) throw new Error('No problem was thrown.')
  return error.problem
}

test.each([
  ['PUT', '/v1/links', 'POST'],
  ['HEAD', '/v1/links', 'POST'],
  ['OPTIONS', '/v1/links', 'POST'],
  ['PATCH', '/v1/links/abc', 'GET, DELETE'],
  ['POST', '/abc', 'GET, HEAD'],
  ['PATCH', '/v1/links/a+b c', 'GET, DELETE'],
  ['POST', '/v1/a.b', 'GET'],
])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
  expect(await problemOf(method, path)).toMatchObject({ status: 405, code: 'method-not-allowed', headers: { allow } })
})

test('a path that two routes match names each method once', async () => {
  expect((await problemOf('POST', '/health')).headers).toEqual({ allow: 'GET, HEAD' })
})

test.each([
  '/',
  '',
  '/v1/nothing',
  '/v1/links/',
  '/v1/links/abc/stats',
  '//v1/links',
  '/V1/links',
  '/v1/axb',
  '/v1/links\n',
  '/a/b',
])('%j is 404', async (path) => {
  expect(await problemOf('GET', path)).toEqual({ status: 404, code: 'not-found', detail: expect.any(String) })
})
