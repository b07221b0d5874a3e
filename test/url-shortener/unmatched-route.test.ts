import { httpHandler } from '../../functions/shared/http/handler.ts'
import { unmatchedLinkRoute } from '../../functions/url-shortener/unmatched-route.ts'
import { httpEvent, lambdaContext } from '../support/events.ts'
import { recordedTelemetry } from '../support/telemetry.ts'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const PROBLEM = 'application/problem+json; charset=utf-8'

const handler = httpHandler({
  ...recordedTelemetry().telemetry,
  routes: {
    $default: unmatchedLinkRoute({
      routeKeys: ['GET /{code}', 'HEAD /{code}', 'POST /{code}/unlock', 'GET /v1/links', 'POST /v1/links'],
      publicUrl: 'https://go.example/s',
    }),
  },
})
async function ask(method: string, url: string, accept: string) {
  const [path = '', rawQuery = ''] = url.split('?')
  const {
    statusCode,
    headers = {},
    body,
  } = await handler(httpEvent({ routeKey: '$default', method, path, headers: { accept }, rawQuery }), lambdaContext())
  return { status: statusCode, headers, body: String(body) }
}

test.each([
  ['GET', '/', 404],
  ['GET', '/abc/x', 404],
  ['GET', '/abc/', 404],
  ['GET', '/abc/unlock/', 404],
  ['GET', '/a/unlock', 405],
  ['GET', '/abc/unlock', 405],
  ['POST', '/abc', 405],
])('%s %s gets %i: a page for people, a problem for programs', async (method, path, status) => {
  const page = await ask(method, path, BROWSER)
  expect([page.status, page.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
  expect(page.headers).toHaveProperty('content-security-policy')
  expect(page.body).toMatch(/^<!doctype html>/)
  for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.1']) {
    const problem = await ask(method, path, accept)
    expect([problem.status, problem.headers['content-type']]).toEqual([status, PROBLEM])
    expect(problem.headers.allow).toBe(page.headers.allow)
    expect(JSON.parse(problem.body)).toMatchObject({ status })
  }
})

test('a wrong method gets 405 with Allow for people, too', async () => {
  const { headers, body } = await ask('POST', '/abc', BROWSER)
  expect(headers.allow).toBe('GET, HEAD')
  expect(body).toContain('This path takes GET, HEAD, not POST.')
})

test('the address of the password form shows a page with the link, and does not redirect', async () => {
  const { status, headers, body } = await ask('GET', '/my-Link_1/unlock', BROWSER)
  expect(body).toContain('<a class="go" href="https://go.example/s/my-Link_1">Open the link</a>')
  expect([status, headers.allow, headers.location]).toEqual([405, 'POST', undefined])
  expect(body).not.toContain('http-equiv="refresh"')
  const withQuery = await ask('GET', '/abc/unlock?a=1&b="<2>', BROWSER)
  expect(withQuery.body).toContain('href="https://go.example/s/abc?a=1&amp;b=%22%3C2%3E"')
})

test.each([
  '/abc/x',
  '/<b>/unlock',
  '/ab/unlock',
  '/abc/unlock/x',
  '/abc"/unlock',
])('no other address shows that page: %s', async (path) => {
  const { body } = await ask('GET', path, BROWSER)
  expect(body).not.toContain('<a ')
  expect(body).not.toContain('<b>')
})

test('HEAD has the headers of the page', async () => {
  const { status, headers, body } = await ask('HEAD', '/', BROWSER)
  expect([status, headers['content-type'], body]).toEqual([404, 'text/html; charset=utf-8', 'undefined'])
})
