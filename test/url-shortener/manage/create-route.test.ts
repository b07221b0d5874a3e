import type { Tenancy } from '../../../functions/shared/auth/principal.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import type { CreateLinkInput, CreateLinkResult } from '../../../functions/url-shortener/manage/create-link.ts'
import { type EventOptions, httpEvent, jsonEvent, REQUEST_ID } from '../../support/events.ts'
import { aState } from '../a-link.ts'
import { WRITER as CLAIMS, managementApi, REQUEST_CAUSE } from './management-api.ts'

const STATE = aState()

/** Creates the API over a use case that returns or throws `result`. */
function api({
  result = { outcome: 'created', state: STATE } as CreateLinkResult | Error,
  tenancy = 'multi' as Tenancy,
} = {}) {
  const inputs: Omit<CreateLinkInput, 'operationId' | 'cause'>[] = []
  const { send, counted } = managementApi({
    tenancy,
    create: async ({ operationId, cause, ...input }) => {
      expect([operationId, cause]).toEqual(['operation-1', REQUEST_CAUSE])
      inputs.push(input)
      if (result instanceof Error) throw result
      return result
    },
  })
  const post = (json: unknown, more: Partial<EventOptions> = {}) =>
    send(jsonEvent({ routeKey: 'POST /v1/links', claims: CLAIMS, json, ...more }))
  return { inputs, post, send, counted }
}

test('a created link gets 201 with every field of the contract, Location and ETag', async () => {
  const { status, headers, body } = await api().post({ url: 'https://example.com' })
  expect(status).toBe(201)
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    location: 'https://api.example/v1/links/abc',
    etag: '"version-1"',
    'cache-control': 'no-store',
    'x-request-id': REQUEST_ID,
  })
  expect(body).toEqual({
    code: 'abc',
    shortUrl: 'https://go.example/abc',
    url: 'https://example.com/',
    redirect: 302,
    cacheSeconds: 0,
    status: 'active',
    createdAt: '2026-03-12T19:03:58.005Z',
    updatedAt: '2026-03-12T19:03:58.005Z',
    startsAt: null,
    expiresAt: null,
    expiredUrl: null,
    maxClicks: null,
    clicks: 0,
    hasPassword: false,
    title: null,
    tags: [],
    forwardQuery: false,
    rules: [],
    createdBy: 'user-1',
  })
})

test('tenant and creator come from the token, the rest from the body', async () => {
  const { inputs, post } = api()
  await post({ url: 'https://example.com', alias: 'mine' })
  const fields = { url: 'https://example.com' }
  expect(inputs).toEqual([{ tenant: 'acme', createdBy: 'user-1', fields, alias: 'mine' }])
})

test('the body can’t choose another tenant', async () => {
  const { inputs, post } = api()
  expect(await post({ url: 'https://example.com', tenant: 'other' })).toMatchObject({
    status: 422,
    body: { code: 'invalid-input', errors: [{ path: 'tenant', message: expect.any(String) }] },
  })
  expect(inputs).toEqual([])
})

test.each<[CreateLinkResult, number, string]>([
  [{ outcome: 'alias-taken' }, 409, 'alias-taken'],
  [{ outcome: 'alias-reserved' }, 409, 'alias-reserved'],
  [{ outcome: 'invalid-url', errors: [{ path: 'url', message: 'must not hold credentials' }] }, 422, 'invalid-url'],
  [{ outcome: 'ends-too-early' }, 422, 'invalid-input'],
])('%j gets %i', async (result, status, code) => {
  const answer = await api({ result }).post({ url: 'x', alias: 'mine' })
  expect(answer).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: { status, code, requestId: REQUEST_ID },
  })
})

test('every invalid url is reported with its path and reason', async () => {
  const errors = [
    { path: 'url', message: 'must not hold credentials' },
    { path: 'rules[2].url', message: 'must name a host' },
  ]
  const { body } = await api({ result: { outcome: 'invalid-url', errors } }).post({ url: 'x' })
  expect(body).toMatchObject({
    detail: 'The url must not hold credentials. The rules[2].url must name a host.',
    errors,
  })
})

test('an end that is not after the start is reported at expiresAt', async () => {
  const { body } = await api({ result: { outcome: 'ends-too-early' } }).post({ url: 'x' })
  expect(body).toMatchObject({ errors: [{ path: 'expiresAt', message: 'must be after startsAt' }] })
})

test('an existing link gets 200, with Location and ETag, and is not counted as new', async () => {
  const made = api()
  await made.post({ url: 'x' })
  const reused = api({ result: { outcome: 'reused', state: STATE } })
  expect(await reused.post({ url: 'x', reuse: true })).toMatchObject({
    status: 200,
    headers: { location: 'https://api.example/v1/links/abc', etag: '"version-1"' },
    body: { code: 'abc' },
  })
  expect(reused.inputs).toMatchObject([{ reuse: true }])
  expect([made.counted, reused.counted]).toEqual([['LinkCreated'], []])
})

test.each([
  'v1',
  '.well-known',
  'robots.txt',
  'favicon.ico',
  'health',
])('the reserved alias %s reaches the use case, even if it breaks the pattern', async (alias) => {
  const { inputs, post } = api({ result: { outcome: 'alias-reserved' } })
  expect(await post({ url: 'https://example.com', alias })).toMatchObject({
    status: 409,
    body: { code: 'alias-reserved' },
  })
  expect(inputs).toMatchObject([{ alias }])
})

test.each([
  'ab',
  'a'.repeat(65),
  'a b',
  'a.b',
  'a/b',
  '',
  'ümlaut',
  '../v1',
])('the alias %j breaks the pattern and gets 422', async (alias) => {
  const { inputs, post } = api()
  expect(await post({ url: 'https://example.com', alias })).toMatchObject({
    status: 422,
    body: { code: 'invalid-input', errors: [{ path: 'alias' }] },
  })
  expect(inputs).toEqual([])
})

test.each<[string, unknown, string]>([
  ['no url', {}, 'url'],
  ['a url that is not a string', { url: 7 }, 'url'],
  ['an alias that is null', { url: 'https://example.com', alias: null }, 'alias'],
  ['a list', [], ''],
  ['an unknown field', { url: 'https://example.com', titel: 'x' }, 'titel'],
])('%s gets 422 with its path', async (_, json, path) => {
  expect(await api().post(json)).toMatchObject({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })
})

test.each<[string, Partial<EventOptions>, { status: number; code: string }]>([
  ['no token', {}, { status: 401, code: 'unauthorized' }],
  ['a token to read', { claims: { ...CLAIMS, scope: 'links:read' } }, { status: 403, code: 'scope-missing' }],
  [
    'a token without a tenant',
    { claims: { sub: 'user-1', scope: 'links:write' } },
    { status: 403, code: 'tenant-missing' },
  ],
])('%s is refused before the body is read', async (_, caller, problem) => {
  const { inputs, send } = api()
  const event = httpEvent({ routeKey: 'POST /v1/links', body: 'no JSON', ...caller })
  expect(await send(event)).toMatchObject({ status: problem.status, body: problem })
  expect(inputs).toEqual([])
})

test('a scope as Cognito writes it is enough', async () => {
  expect(await api().post({ url: 'x' }, { claims: { ...CLAIMS, scope: 'links/write' } })).toMatchObject({ status: 201 })
})

test('under single tenancy a token needs no tenant', async () => {
  const { inputs, post } = api({ tenancy: 'single' })
  expect(await post({ url: 'x' }, { claims: { sub: 'user-1', scope: 'links:write' } })).toMatchObject({ status: 201 })
  expect(inputs).toMatchObject([{ tenant: 'default' }])
})

const JSON_TYPE = { 'content-type': 'application/json' }

test.each<[string, Partial<EventOptions>, { status: number; code: string }]>([
  ['text', { headers: { 'content-type': 'text/plain' }, body: '{}' }, { status: 400, code: 'unsupported-media-type' }],
  ['no body', { headers: JSON_TYPE }, { status: 400, code: 'invalid-json' }],
  [
    'a body of 262,145 bytes',
    { headers: JSON_TYPE, body: `{"url":"${'x'.repeat(262_145 - 10)}"}` },
    { status: 413, code: 'too-large' },
  ],
])('%s is refused', async (_, more, problem) => {
  const event = httpEvent({ routeKey: 'POST /v1/links', claims: CLAIMS, ...more })
  expect(await api().send(event)).toMatchObject({ status: problem.status, body: problem })
})

test('a table that does not respond causes a 503 with Retry-After', async () => {
  const result = new AppError('dependency-failed', 'Storing a link failed', { retryable: true })
  expect(await api({ result }).post({ url: 'x' })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
})
