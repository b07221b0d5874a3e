import { AppError } from '../../../functions/shared/errors.ts'
import type { LinkState } from '../../../functions/url-shortener/domain/link.ts'
import type { ChangeLinkResult, LinkSelector } from '../../../functions/url-shortener/manage/change-link.ts'
import { type EventOptions, httpEvent, jsonEvent, REQUEST_ID } from '../../support/events.ts'
import { aState } from '../a-link.ts'
import { REQUEST_CAUSE as CAUSE, WRITER as CLAIMS, managementApi, READER } from './management-api.ts'

/** The outcomes of the use cases of one link. */
interface Answers {
  get: LinkState | undefined | Error
  change: ChangeLinkResult | Error
  remove: { outcome: 'removed' | 'not-found' | 'stale' } | Error
}

/** Creates the management API over use cases that return these outcomes. */
function management(answers: Partial<Answers> = {}) {
  const { get, change, remove }: Answers = {
    get: aState(),
    change: { outcome: 'changed', state: aState() },
    remove: { outcome: 'removed' },
    ...answers,
  }
  const asked: unknown[] = []
  const signals: AbortSignal[] = []
  const answering = async <Answer>(answer: Answer | Error, input: unknown, signal: AbortSignal): Promise<Answer> => {
    asked.push(input)
    signals.push(signal)
    if (answer instanceof Error) throw answer
    return answer
  }
  const { send } = managementApi({
    get: (selector, signal) => answering(get, selector, signal),
    change: (input, signal) => answering(change, input, signal),
    remove: (input, signal) => answering(remove, input, signal),
    list: (input, signal) => answering({ states: [] }, input, signal),
  })
  const params = { code: 'abc' }
  return {
    asked,
    signals,
    list: (claims: Record<string, string> = READER) => send(httpEvent({ routeKey: 'GET /v1/links', claims })),
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

test('one link gets 200 with its ETag, and is read by tenant and code', async () => {
  const { get, asked } = management()
  expect(await get()).toMatchObject({
    status: 200,
    headers: { etag: '"version-1"', 'content-type': 'application/json; charset=utf-8' },
    body: { code: 'abc', shortUrl: 'https://go.example/abc', url: 'https://example.com/' },
  })
  expect(asked).toEqual([{ tenant: 'acme', code: 'abc' }])
})

test('a link that the client already has gets 304 with its ETag and no body', async () => {
  const { status, headers, body } = await management().get({ headers: { 'if-none-match': 'W/"version-1"' } })
  expect([status, headers?.etag, body]).toEqual([304, '"version-1"', undefined])
  expect(await management().get({ headers: { 'if-none-match': '"version-0"' } })).toMatchObject({ status: 200 })
  expect(await management().get({ headers: { 'if-match': '"version-0"' } })).toMatchObject(STALE)
})

test('tenant and version of a link are not in its body', async () => {
  const { body } = await management().get()
  expect(body).not.toHaveProperty('tenant')
  expect(body).not.toHaveProperty('version')
})

test('the link of another tenant gets 404', async () => {
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
])('the code %j, which no link can have, gets 404 without a read', async (code) => {
  const { get, patch, remove, asked } = management()
  const params = { code }
  for (const answer of [await get({ params }), await patch({}, { params }), await remove({ params })]) {
    expect(answer).toMatchObject(NOT_FOUND)
  }
  expect(asked).toEqual([])
})

test('a changed link gets 200 with its new ETag', async () => {
  const state = aState({ title: 'New', version: 'version-2' })
  const { patch, asked } = management({ change: { outcome: 'changed', state } })
  expect(await patch({ title: 'New' })).toMatchObject({
    status: 200,
    headers: { etag: '"version-2"' },
    body: { title: 'New' },
  })
  const selector = { tenant: 'acme', code: 'abc', ifMatch: undefined }
  expect(asked).toEqual([{ selector, fields: { title: 'New' }, cause: CAUSE }])
})

test('a removed link gets 204 without a body', async () => {
  const { remove, asked } = management()
  const answer = await remove()
  expect(answer.status).toBe(204)
  expect(answer.body).toBeUndefined()
  expect(answer.headers).toMatchObject({ 'x-request-id': REQUEST_ID })
  expect(answer.headers).not.toHaveProperty('content-type')
  expect(asked).toEqual([{ selector: { tenant: 'acme', code: 'abc', ifMatch: undefined }, cause: CAUSE }])
})

test.each<[object]>([
  [{}],
  [{ title: null }],
  [{ tags: null }],
  [{ tags: [] }],
  [{ url: 'https://example.com', title: 'x', tags: ['a'] }],
  [{ password: 'secret', maxClicks: 1, rules: [{ if: { country: 'DE' }, url: 'x' }] }],
])('the change %j reaches the use case unchanged', async (fields) => {
  const { patch, asked } = management()
  expect(await patch(fields)).toMatchObject({ status: 200 })
  expect(asked).toMatchObject([{ fields }])
  expect(Object(asked[0]).fields).toEqual(fields)
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
  ['reuse', { reuse: true }, 'reuse'],
])('a change with %s gets 422 with its path, and nothing is changed', async (_, json, path) => {
  const { patch, asked } = management()
  expect(await patch(json)).toMatchObject({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })
  expect(asked).toEqual([])
})

test('a change to an invalid url gets 422 with its path and reason', async () => {
  const { patch } = management({
    change: { outcome: 'invalid-url', errors: [{ path: 'url', message: 'must not hold credentials' }] },
  })
  expect(await patch({ url: 'x' })).toMatchObject({
    status: 422,
    body: { code: 'invalid-url', errors: [{ path: 'url', message: 'must not hold credentials' }] },
  })
})

test('a change to an end before the start gets 422 at expiresAt', async () => {
  const { patch } = management({ change: { outcome: 'ends-too-early' } })
  expect(await patch({ expiresAt: null })).toMatchObject({
    status: 422,
    body: { code: 'invalid-input', errors: [{ path: 'expiresAt' }] },
  })
})

describe('If-Match', () => {
  test.each<[string, LinkSelector['ifMatch']]>([
    ['"version-1"', ['version-1']],
    ['"version-1", W/"version-2", "version-3"', ['version-1', 'version-3']],
    ['*', '*'],
  ])('%s selects the versions %j', async (value, ifMatch) => {
    const { patch, remove, asked } = management()
    const headers = { 'if-match': value, 'content-type': 'application/json' }
    await patch({}, { headers })
    await remove({ headers })
    const selector = { tenant: 'acme', code: 'abc', ifMatch }
    expect(asked).toEqual([
      { selector, fields: {}, cause: CAUSE },
      { selector, cause: CAUSE },
    ])
  })

  test('of an older version gets 412', async () => {
    const { patch, remove } = management({ change: { outcome: 'stale' }, remove: { outcome: 'stale' } })
    const headers = { 'if-match': '"version-0"', 'content-type': 'application/json' }
    expect(await patch({}, { headers })).toMatchObject(STALE)
    expect(await remove({ headers })).toMatchObject(STALE)
  })

  test.each<[string, LinkSelector['ifNoneMatch']]>([
    ['*', '*'],
    ['"version-1", W/"version-2"', ['version-1', 'version-2']],
  ])('has a counterpart: If-None-Match: %s excludes the versions %j', async (value, ifNoneMatch) => {
    const { patch, remove, asked } = management()
    const headers = { 'if-none-match': value, 'content-type': 'application/json' }
    await patch({}, { headers })
    await remove({ headers })
    const selector = { tenant: 'acme', code: 'abc', ifNoneMatch }
    expect(asked).toEqual([
      { selector, fields: {}, cause: CAUSE },
      { selector, cause: CAUSE },
    ])
  })

  test('that no version can match gets 412 without a read', async () => {
    const { patch, remove, asked } = management()
    const headers = { 'if-match': 'W/"version-1"', 'content-type': 'application/json' }
    expect(await patch({}, { headers })).toMatchObject(STALE)
    expect(await remove({ headers })).toMatchObject(STALE)
    expect(asked).toEqual([])
  })
})

test('changing or removing another tenant’s link gets 404', async () => {
  const { patch, remove, asked } = management({
    change: { outcome: 'not-found' },
    remove: { outcome: 'not-found' },
  })
  const claims = { ...CLAIMS, tenant: 'other' }
  expect(await patch({}, { claims })).toMatchObject(NOT_FOUND)
  expect(await remove({ claims })).toMatchObject(NOT_FOUND)
  expect(asked).toMatchObject([{ selector: { tenant: 'other' } }, { selector: { tenant: 'other' } }])
})

type Management = ReturnType<typeof management>
type Call = (api: Management, claims: Record<string, string>) => ReturnType<Management['get']>

describe.each<{ name: string; scope: string; otherScope: string; call: Call }>([
  { name: 'a list', scope: 'links:read', otherScope: 'links:write', call: (api, claims) => api.list(claims) },
  { name: 'one link', scope: 'links:read', otherScope: 'links:write', call: (api, claims) => api.get({ claims }) },
  {
    name: 'a change',
    scope: 'links:write',
    otherScope: 'links:read',
    call: (api, claims) => api.patch({}, { claims }),
  },
  { name: 'a removal', scope: 'links:write', otherScope: 'links:read', call: (api, claims) => api.remove({ claims }) },
])('$name needs the scope $scope', ({ scope, otherScope, call }) => {
  test('and no other', async () => {
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
    expect(api.asked).toEqual([])
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

test('a table that does not respond causes a 503 on every route of one link', async () => {
  const down = new AppError('dependency-failed', 'Reading a link failed', { retryable: true })
  const api = management({ get: down, change: down, remove: down })
  for (const answer of [await api.get(), await api.patch({}), await api.remove()]) {
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  }
})
