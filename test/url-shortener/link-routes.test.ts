import { randomBytes } from 'node:crypto'
import type { Tenancy } from '../../functions/shared/auth/principal.ts'
import { AppError } from '../../functions/shared/errors.ts'
import { createCursors } from '../../functions/shared/http/cursor.ts'
import { httpHandler } from '../../functions/shared/http/handler.ts'
import type { ChangeLinkResult, LinkChanges, LinkSelector } from '../../functions/url-shortener/change-link.ts'
import type { CreateLinkInput, CreateLinkResult } from '../../functions/url-shortener/create-link.ts'
import type { Link } from '../../functions/url-shortener/link.ts'
import { linkRoutes } from '../../functions/url-shortener/link-routes.ts'
import type { LinkPage, ListLinksInput } from '../../functions/url-shortener/list-links.ts'
import { type EventOptions, httpEvent, jsonEvent, lambdaContext, REQUEST_ID } from '../support/events.ts'
import { recordedTelemetry } from '../support/telemetry.ts'
import { aLink } from './a-link.ts'

const API_URL = 'https://api.example'
const PUBLIC_URL = 'https://go.example'
const CLAIMS = { sub: 'user-1', tenant: 'acme', scope: 'links:write' }
const LINK = aLink()
/** Of every request here: none names a trace, and its ids are all alike. */
const CAUSE = {
  correlationId: REQUEST_ID,
  causationId: null,
  traceparent: `00-${'01'.repeat(16)}-${'01'.repeat(8)}-01`,
}

/** The API over a use case that answers `result`, or throws it. */
function api({
  result = { outcome: 'created', link: LINK } as CreateLinkResult | Error,
  tenancy = 'multi' as Tenancy,
} = {}) {
  const inputs: Omit<CreateLinkInput, 'operationId' | 'cause'>[] = []
  const unasked = async () => {
    throw new Error('Not asked for.')
  }
  const handler = httpHandler({
    ...recordedTelemetry().telemetry,
    routes: linkRoutes({
      useCases: {
        create: async ({ operationId, cause, ...input }) => {
          expect([operationId, cause]).toEqual(['operation-1', CAUSE])
          inputs.push(input)
          if (result instanceof Error) throw result
          return result
        },
        get: unasked,
        change: unasked,
        remove: unasked,
        list: unasked,
      },
      cursors: { seal: unasked, open: unasked },
      idempotency: async (_request, _principal, operation) => operation('operation-1'),
      count: () => {},
      apiUrl: API_URL,
      publicUrl: PUBLIC_URL,
      tenancy,
      now: () => 0,
    }),
  })
  const send = async (event: ReturnType<typeof httpEvent>) => {
    const { statusCode, headers, body } = await handler(event, lambdaContext())
    return { status: statusCode, headers, body: JSON.parse(String(body)) }
  }
  const post = (json: unknown, more: Partial<EventOptions> = {}) =>
    send(jsonEvent({ routeKey: 'POST /v1/links', claims: CLAIMS, json, ...more }))
  return { inputs, post, send }
}

test('a created link is 201 with every field of the contract, Location and ETag', async () => {
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
  expect(inputs).toEqual([{ tenant: 'acme', createdBy: 'user-1', url: 'https://example.com', alias: 'mine' }])
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
  [{ outcome: 'invalid-url', reason: 'must not hold credentials' }, 422, 'invalid-url'],
])('%j is a %i', async (result, status, code) => {
  const answer = await api({ result }).post({ url: 'x', alias: 'mine' })
  expect(answer).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: { status, code, requestId: REQUEST_ID },
  })
})

test('an invalid url is reported with its path and reason', async () => {
  const { body } = await api({ result: { outcome: 'invalid-url', reason: 'must not hold credentials' } }).post({
    url: 'x',
  })
  expect(body).toMatchObject({
    detail: 'The url must not hold credentials.',
    errors: [{ path: 'url', message: 'must not hold credentials' }],
  })
})

test.each([
  'v1',
  '.well-known',
  'robots.txt',
  'favicon.ico',
  'health',
])('the reserved alias %s reaches the use case, also where it breaks the pattern', async (alias) => {
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
])('the alias %j breaks the pattern and is 422', async (alias) => {
  const { inputs, post } = api()
  expect(await post({ url: 'https://example.com', alias })).toMatchObject({
    status: 422,
    body: { code: 'invalid-input', errors: [{ path: 'alias' }] },
  })
  expect(inputs).toEqual([])
})

test.each<[string, unknown, string]>([
  ['no url', {}, 'url'],
  ['a url that is no string', { url: 7 }, 'url'],
  ['an alias that is null', { url: 'https://example.com', alias: null }, 'alias'],
  ['a list', [], ''],
  ['an unknown field', { url: 'https://example.com', titel: 'x' }, 'titel'],
])('%s is 422 with its path', async (_, json, path) => {
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
])('%s is refused before the body is looked at', async (_, caller, problem) => {
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

test('a table that does not answer is 503 with Retry-After', async () => {
  const result = new AppError('dependency-failed', 'Storing a link failed', { retryable: true })
  expect(await api({ result }).post({ url: 'x' })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
})

const READER = { sub: 'user-1', tenant: 'acme', scope: 'links:read' }
const KEY = { id: 'key-1', secret: 'secret-of-32-characters-for-a-test' }

/** What the use cases of one link and of lists answer; a function of the input where a test needs one. */
interface Answers {
  get: Link | undefined | Error
  change: ChangeLinkResult | Error
  remove: { outcome: 'removed' | 'not-found' | 'stale' } | Error
  list: (input: ListLinksInput) => LinkPage
}

/** The management API over use cases that answer these, with real cursors. */
function management(answers: Partial<Answers> = {}) {
  const { get, change, remove, list }: Answers = {
    get: LINK,
    change: { outcome: 'changed', link: LINK },
    remove: { outcome: 'removed' },
    list: () => ({ links: [LINK] }),
    ...answers,
  }
  const asked: unknown[] = []
  const counted: string[] = []
  const signals: AbortSignal[] = []
  const answering = async <Answer>(answer: Answer | Error, input: unknown, signal: AbortSignal): Promise<Answer> => {
    asked.push(input)
    signals.push(signal)
    if (answer instanceof Error) throw answer
    return answer
  }
  const handler = httpHandler({
    ...recordedTelemetry().telemetry,
    routes: linkRoutes({
      useCases: {
        create: async () => {
          throw new Error('Not asked for.')
        },
        get: (selector, signal) => answering(get, selector, signal),
        change: (input, signal) => answering(change, input, signal),
        remove: (selector, signal) => answering(remove, selector, signal),
        list: (input, signal) => answering(list(input), input, signal),
      },
      cursors: createCursors({ keys: { signingKey: async () => KEY, verifyingKey: async () => KEY }, randomBytes }),
      idempotency: async (_request, _principal, operation) => operation('operation-1'),
      count: (metric) => counted.push(metric),
      apiUrl: API_URL,
      publicUrl: PUBLIC_URL,
      tenancy: 'multi',
      now: () => 0,
    }),
  })
  const send = async (event: ReturnType<typeof httpEvent>, query?: Record<string, string>) => {
    const answer = await handler({ ...event, ...(query && { queryStringParameters: query }) }, lambdaContext())
    const { statusCode: status, headers, body } = answer
    return { status, headers, body: body === undefined ? undefined : JSON.parse(body) }
  }
  const params = { code: 'abc' }
  return {
    asked,
    counted,
    signals,
    list: (query: Record<string, string> = {}, claims: Record<string, string> = READER) =>
      send(httpEvent({ routeKey: 'GET /v1/links', claims }), query),
    get: (more: Partial<EventOptions> = {}) =>
      send(httpEvent({ routeKey: 'GET /v1/links/{code}', params, claims: READER, ...more })),
    patch: (json: unknown, more: Partial<EventOptions> = {}) =>
      send(jsonEvent({ routeKey: 'PATCH /v1/links/{code}', params, claims: CLAIMS, json, ...more })),
    remove: (more: Partial<EventOptions> = {}) =>
      send(httpEvent({ routeKey: 'DELETE /v1/links/{code}', params, claims: CLAIMS, ...more })),
  }
}

const NOT_FOUND = { status: 404, body: { code: 'not-found', requestId: REQUEST_ID } }
const STALE = { status: 412, body: { code: 'precondition-failed', requestId: REQUEST_ID } }

test('one link is 200 with its ETag, and asked for by tenant and code', async () => {
  const { get, asked } = management()
  expect(await get()).toMatchObject({
    status: 200,
    headers: { etag: '"version-1"', 'content-type': 'application/json; charset=utf-8' },
    body: { code: 'abc', shortUrl: 'https://go.example/abc', url: 'https://example.com/' },
  })
  expect(asked).toEqual([{ tenant: 'acme', code: 'abc' }])
})

test('tenant and version of a link are not in its body', async () => {
  const { body } = await management().get()
  expect(body).not.toHaveProperty('tenant')
  expect(body).not.toHaveProperty('version')
})

test('another tenant’s token asks for another tenant’s link, which is not there: 404', async () => {
  const { get, asked } = management({ get: undefined })
  expect(await get({ claims: { ...READER, tenant: 'other' } })).toMatchObject(NOT_FOUND)
  expect(asked).toEqual([{ tenant: 'other', code: 'abc' }])
})

test.each([
  '',
  'ab',
  'a'.repeat(65),
  'a b',
  'abc#',
  '../abc',
  '.well-known',
])('the code %j, which no link can have, is 404, and the store is not asked', async (code) => {
  const { get, patch, remove, asked } = management()
  const params = { code }
  for (const answer of [await get({ params }), await patch({}, { params }), await remove({ params })]) {
    expect(answer).toMatchObject(NOT_FOUND)
  }
  expect(asked).toEqual([])
})

test('a changed link is 200 with its new ETag, and counted', async () => {
  const link = aLink({ title: 'New', version: 'version-2' })
  const { patch, asked, counted } = management({ change: { outcome: 'changed', link } })
  expect(await patch({ title: 'New' })).toMatchObject({
    status: 200,
    headers: { etag: '"version-2"' },
    body: { title: 'New' },
  })
  const selector = { tenant: 'acme', code: 'abc', ifMatch: undefined }
  expect(asked).toEqual([{ selector, changes: { title: 'New' }, cause: CAUSE }])
  expect(counted).toEqual(['LinkChanged'])
})

test('a removed link is 204 without a body, and counted', async () => {
  const { remove, asked, counted } = management()
  const answer = await remove()
  expect(answer.status).toBe(204)
  expect(answer.body).toBeUndefined()
  expect(answer.headers).toMatchObject({ 'x-request-id': REQUEST_ID })
  expect(answer.headers).not.toHaveProperty('content-type')
  expect(asked).toEqual([{ selector: { tenant: 'acme', code: 'abc', ifMatch: undefined }, cause: CAUSE }])
  expect(counted).toEqual(['LinkDeleted'])
})

test.each<[LinkChanges]>([
  [{}],
  [{ title: null }],
  [{ tags: null }],
  [{ tags: [] }],
  [{ url: 'https://example.com', title: 'x', tags: ['a'] }],
])('the change %j reaches the use case as it is', async (changes) => {
  const { patch, asked } = management()
  expect(await patch(changes)).toMatchObject({ status: 200 })
  expect(asked).toMatchObject([{ changes }])
  expect(Object(asked[0]).changes).toEqual(changes)
})

test.each<[string, unknown, string]>([
  ['a url that is null', { url: null }, 'url'],
  ['a code', { code: 'other' }, 'code'],
  ['an alias', { alias: 'other' }, 'alias'],
  ['a tenant', { tenant: 'other' }, 'tenant'],
  ['a version', { version: 'version-1' }, 'version'],
  ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title'],
  ['11 tags', { tags: Array(11).fill('x') }, 'tags'],
  ['an empty tag', { tags: ['a', ''] }, 'tags[1]'],
])('a change with %s is 422 with its path, and nothing is changed', async (_, json, path) => {
  const { patch, asked, counted } = management()
  expect(await patch(json)).toMatchObject({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })
  expect([asked, counted]).toEqual([[], []])
})

test('a change to an invalid url is 422 with its path and reason, and not counted', async () => {
  const { patch, counted } = management({ change: { outcome: 'invalid-url', reason: 'must not hold credentials' } })
  expect(await patch({ url: 'x' })).toMatchObject({
    status: 422,
    body: { code: 'invalid-url', errors: [{ path: 'url', message: 'must not hold credentials' }] },
  })
  expect(counted).toEqual([])
})

describe('If-Match', () => {
  test.each<[string, LinkSelector['ifMatch']]>([
    ['"version-1"', 'version-1'],
    ['*', undefined],
  ])('%s asks the use cases for the version %s', async (value, ifMatch) => {
    const { patch, remove, asked } = management()
    const headers = { 'if-match': value, 'content-type': 'application/json' }
    await patch({}, { headers })
    await remove({ headers })
    const selector = { tenant: 'acme', code: 'abc', ifMatch }
    expect(asked).toEqual([
      { selector, changes: {}, cause: CAUSE },
      { selector, cause: CAUSE },
    ])
  })

  test('of an older version is 412, and nothing is counted', async () => {
    const { patch, remove, counted } = management({ change: { outcome: 'stale' }, remove: { outcome: 'stale' } })
    const headers = { 'if-match': '"version-0"', 'content-type': 'application/json' }
    expect(await patch({}, { headers })).toMatchObject(STALE)
    expect(await remove({ headers })).toMatchObject(STALE)
    expect(counted).toEqual([])
  })

  test('that no version can match is 412 before the store is asked', async () => {
    const { patch, remove, asked } = management()
    const headers = { 'if-match': 'W/"version-1"', 'content-type': 'application/json' }
    expect(await patch({}, { headers })).toMatchObject(STALE)
    expect(await remove({ headers })).toMatchObject(STALE)
    expect(asked).toEqual([])
  })
})

test('changing or removing what is not the tenant’s is 404, and not counted', async () => {
  const { patch, remove, asked, counted } = management({
    change: { outcome: 'not-found' },
    remove: { outcome: 'not-found' },
  })
  const claims = { ...CLAIMS, tenant: 'other' }
  expect(await patch({}, { claims })).toMatchObject(NOT_FOUND)
  expect(await remove({ claims })).toMatchObject(NOT_FOUND)
  expect(asked).toMatchObject([{ selector: { tenant: 'other' } }, { selector: { tenant: 'other' } }])
  expect(counted).toEqual([])
})

test('a list is 200 with what the use case found; at the end nextCursor is null', async () => {
  const { list, asked } = management()
  const { status, body } = await list()
  expect(status).toBe(200)
  expect(body).toEqual({
    items: [expect.objectContaining({ code: 'abc', shortUrl: 'https://go.example/abc' })],
    nextCursor: null,
  })
  expect(asked).toEqual([{ tenant: 'acme', limit: 25, after: undefined }])
})

test('an empty page may have a next one', async () => {
  const next = { createdAt: '2026-03-12T19:03:58.005Z', code: 'abc' }
  const { body } = await management({ list: () => ({ links: [], next }) }).list({ tag: 'rare' })
  expect(body).toEqual({ items: [], nextCursor: expect.stringMatching(/^[\w-]+$/) })
})

test('limit and filters reach the use case', async () => {
  const { list, asked } = management()
  await list({ limit: '7', tag: 'news', q: 'sale', status: 'active' })
  expect(asked).toEqual([{ tenant: 'acme', limit: 7, after: undefined, tag: 'news', q: 'sale', status: 'active' }])
})

test.each<[string, Record<string, string>, string]>([
  ['a limit of 0', { limit: '0' }, 'limit'],
  ['a limit of 101', { limit: '101' }, 'limit'],
  ['an unknown status', { status: 'gone' }, 'status'],
  ['an empty text', { q: '' }, 'q'],
  ['a tag of 51 characters', { tag: 'x'.repeat(51) }, 'tag'],
  ['a cursor of 1,025 characters', { cursor: 'x'.repeat(1025) }, 'cursor'],
  ['another tenant', { tenant: 'other' }, 'tenant'],
])('a list with %s is 422 with its path', async (_, query, path) => {
  const { list, asked } = management()
  expect(await list(query)).toMatchObject({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })
  expect(asked).toEqual([])
})

describe('a cursor', () => {
  const next = { createdAt: '2026-03-12T19:03:58.005Z', code: 'abc' }
  const paged = () => management({ list: ({ after }) => (after ? { links: [] } : { links: [LINK], next }) })

  test('goes on where the page before ended, with another limit too', async () => {
    const { list, asked } = paged()
    const { body } = await list({ tag: 'news', limit: '1' })
    expect(await list({ tag: 'news', limit: '50', cursor: body.nextCursor })).toMatchObject({
      status: 200,
      body: { items: [], nextCursor: null },
    })
    expect(asked).toEqual([
      { tenant: 'acme', limit: 1, after: undefined, tag: 'news' },
      { tenant: 'acme', limit: 50, after: next, tag: 'news' },
    ])
  })

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['another tenant', { tag: 'news' }, { ...READER, tenant: 'other' }],
    ['another tag', { tag: 'new' }, READER],
    ['no tag', {}, READER],
    ['another filter beside', { tag: 'news', q: 'x' }, READER],
    ['a status beside', { tag: 'news', status: 'active' }, READER],
  ])('is refused with %s', async (_, query, claims) => {
    const { list, asked } = paged()
    const { body } = await list({ tag: 'news' })
    expect(await list({ ...query, cursor: body.nextCursor }, claims)).toMatchObject({
      status: 400,
      body: { code: 'invalid-cursor' },
    })
    expect(asked).toHaveLength(1)
  })

  test.each(['', 'abc', 'null', '%00'])('that is made up is refused: %j', async (cursor) => {
    expect(await paged().list({ cursor })).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } })
  })
})

type Management = ReturnType<typeof management>
type Call = (api: Management, claims: Record<string, string>) => ReturnType<Management['get']>

describe.each<{ name: string; scope: string; otherScope: string; call: Call }>([
  { name: 'a list', scope: 'links:read', otherScope: 'links:write', call: (api, claims) => api.list({}, claims) },
  { name: 'one link', scope: 'links:read', otherScope: 'links:write', call: (api, claims) => api.get({ claims }) },
  {
    name: 'a change',
    scope: 'links:write',
    otherScope: 'links:read',
    call: (api, claims) => api.patch({}, { claims }),
  },
  { name: 'a removal', scope: 'links:write', otherScope: 'links:read', call: (api, claims) => api.remove({ claims }) },
])('$name needs the scope $scope', ({ scope, otherScope, call }) => {
  test('which is enough', async () => {
    expect((await call(management(), { ...READER, scope })).status).toBeLessThan(300)
  })

  test.each<[string, Record<string, string>, { status: number; code: string }]>([
    ['no subject', { tenant: 'acme', scope }, { status: 401, code: 'unauthorized' }],
    ['the other scope', { ...READER, scope: otherScope }, { status: 403, code: 'scope-missing' }],
    ['no scope', { ...READER, scope: '' }, { status: 403, code: 'scope-missing' }],
    ['no tenant', { sub: 'user-1', scope }, { status: 403, code: 'tenant-missing' }],
  ])('a token with %s is refused, and nothing is done', async (_, claims, { status, code }) => {
    const api = management()
    expect(await call(api, claims)).toMatchObject({ status, body: { code } })
    expect([api.asked, api.counted]).toEqual([[], []])
  })
})

test('the signal of the invocation reaches every use case', async () => {
  const api = management()
  await api.list()
  await api.get()
  await api.patch({})
  await api.remove()
  expect(api.signals).toHaveLength(4)
  for (const signal of api.signals) expect(signal).toBeInstanceOf(AbortSignal)
})

test('a table that does not answer is 503 on every route of one link, and nothing is counted', async () => {
  const down = new AppError('dependency-failed', 'Reading a link failed', { retryable: true })
  const api = management({ get: down, change: down, remove: down })
  for (const answer of [await api.get(), await api.patch({}), await api.remove()]) {
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  }
  expect(api.counted).toEqual([])
})
