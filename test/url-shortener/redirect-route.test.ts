import { AppError } from '../../functions/shared/errors.ts'
import { httpHandler } from '../../functions/shared/http/handler.ts'
import { redirectRoute } from '../../functions/url-shortener/redirect-route.ts'
import { httpEvent, lambdaContext, REQUEST_ID } from '../support/events.ts'
import { recordedTelemetry } from '../support/telemetry.ts'
import { aLink } from './a-link.ts'

const LINK = aLink({ url: 'https://example.com/a?b=c#d' })

/** Visits a code of a service that knows one link. */
async function visit(code: string, method: 'GET' | 'HEAD' = 'GET') {
  const route = redirectRoute(async (asked) => {
    if (asked === 'down') throw new AppError('dependency-failed', 'Reading a link failed', { retryable: true })
    if (asked === 'gone') return { code: 'gone', deletedAt: '2026-03-12T19:03:58.005Z' }
    if (asked === 'blocked') return { ...LINK, blockedAt: '2026-03-12T19:03:58.005Z' }
    return asked === LINK.code ? LINK : undefined
  })
  const handler = httpHandler({
    ...recordedTelemetry().telemetry,
    routes: { 'GET /{code}': route, 'HEAD /{code}': route },
  })
  const event = httpEvent({ routeKey: `${method} /{code}`, path: `/${code}`, params: { code } })
  const { statusCode, headers, body } = await handler(event, lambdaContext())
  return { status: statusCode, headers, body }
}

test.each(['GET', 'HEAD'] as const)('%s of a link is 302 to its target, without a body', async (method) => {
  expect(await visit('abc', method)).toMatchObject({
    status: 302,
    headers: { location: 'https://example.com/a?b=c#d', 'x-request-id': REQUEST_ID },
    body: undefined,
  })
})

test('a redirect tells nothing of the link but its target', async () => {
  expect(JSON.stringify(await visit('abc'))).not.toMatch(/acme|user-1|version-1/)
})

test('an unknown code is 404 not-found, and leads nowhere', async () => {
  const { status, headers, body } = await visit('nope')
  expect(status).toBe(404)
  expect(headers).not.toHaveProperty('location')
  expect(JSON.parse(String(body))).toMatchObject({ status: 404, code: 'not-found', requestId: REQUEST_ID })
})

test('HEAD of an unknown code is 404 without a body', async () => {
  expect(await visit('nope', 'HEAD')).toMatchObject({ status: 404, body: undefined })
})

test('an event without a code is 404', async () => {
  const route = redirectRoute(async (code) => (code === LINK.code ? LINK : undefined))
  const handler = httpHandler({ ...recordedTelemetry().telemetry, routes: { 'GET /{code}': route } })
  expect(await handler(httpEvent({ routeKey: 'GET /{code}' }), lambdaContext())).toMatchObject({ statusCode: 404 })
})

test('a table that does not answer is 503 with Retry-After, not 404', async () => {
  expect(await visit('down')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
})

test.each(['GET', 'HEAD'] as const)('%s of a deleted link is 410 deleted, and leads nowhere', async (method) => {
  const { status, headers, body } = await visit('gone', method)
  expect(status).toBe(410)
  expect(headers).not.toHaveProperty('location')
  if (method === 'GET') expect(JSON.parse(String(body))).toMatchObject({ status: 410, title: 'Gone', code: 'deleted' })
})

test.each(['GET', 'HEAD'] as const)('%s of a blocked link is 451 blocked, and tells no target', async (method) => {
  const { status, headers, body } = await visit('blocked', method)
  expect(status).toBe(451)
  expect(JSON.stringify([headers, body])).not.toContain('example.com')
  if (method === 'GET') {
    const title = 'Unavailable For Legal Reasons'
    expect(JSON.parse(String(body))).toMatchObject({ status: 451, title, code: 'blocked' })
  }
})
