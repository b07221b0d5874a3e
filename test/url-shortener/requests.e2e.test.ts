import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { apiUrl, token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered, type Call, call } from '../support/http.ts'

// API Gateway changes a request before a function gets it: it joins repeated values, and forwards paths that no route
// matches.

const api = apiUrl('UrlShortener')
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const bearer = token({ sub: 'user-1', tenant: `tenant-${crypto.randomUUID()}`, scope: 'links:read links:write' })
const send = async (path: string, options: Call = {}) => call(`${api}${path}`, { token: await bearer, ...options })

test('a repeated parameter gets 422 with its name, and is not a filter for both values', async () => {
  const { status, json } = await send('/v1/links?tag=a&tag=a&limit=1')
  expect([status, json.code]).toEqual([422, 'invalid-input'])
  expect(json.errors).toEqual([{ path: 'tag', message: 'must be given once' }])
})

test('a value with a comma is one value', async () => {
  const body = { url: 'https://example.com/', tags: ['a,b'] }
  const { json } = answered(201, await send('/v1/links', { method: 'POST', body }))
  for (const query of ['tag=a,b', 'tag=a%2Cb']) {
    // The list follows a moment later.
    await eventually(async () => {
      expect(answered(200, await send(`/v1/links?${query}`)).json.items).toMatchObject([{ code: json.code }])
    })
  }
})

test('a repeated header that takes one value gets 422 with its name', async () => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': ['key-1', 'key-1'] }
  const answer = await sendLines('/v1/links', headers)
  expect(answer).toMatchObject({ status: 422, json: { errors: [{ path: 'idempotency-key' }] } })
})

test('an invalid cursor gets 400 invalid-cursor, however long it is', async () => {
  for (const length of [5, 1024, 1025, 3000]) {
    const { status, json } = await send(`/v1/links?cursor=${'x'.repeat(length)}`)
    expect([status, json.code]).toEqual([400, 'invalid-cursor'])
  }
})

test('an unknown field whose name contains a lone surrogate is echoed as valid Unicode', async () => {
  const { status, text } = await send('/v1/links', {
    method: 'POST',
    body: String.raw`{"a\ud83d": 1, "${'x'.repeat(99)}😀": 1}`,
  })
  expect(status).toBe(422)
  expect(text).not.toMatch(/\\ud[89a-f]/)
  expect(text.isWellFormed()).toBe(true)
  expect(JSON.parse(text).errors.map(({ path }: { path: string }) => path)).toContain('a\ufffd')
})

describe.each([
  ['/', 404, null],
  ['/abc/x', 404, null],
  ['/abc/unlock', 405, 'POST'],
])('%s in the address bar', (path, status, allow) => {
  test(`is a page with the status ${status} for people`, async () => {
    const answer = await call(`${api}${path}`, { headers: { accept: BROWSER } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    expect(answer.headers.get('allow')).toBe(allow)
  })

  test('is a problem for programs, even if they accept pages as a last resort', async () => {
    for (const accept of ['*/*', 'application/json, text/html;q=0.1']) {
      const { json, headers } = await call(`${api}${path}`, { headers: { accept } })
      expect([json.status, headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8'])
    }
  })
})

test('a missing link is a page or a problem, by the weights of Accept', async () => {
  const typeFor = async (accept: string) => {
    const { status, headers } = await call(`${api}/no-such-link`, { headers: { accept } })
    expect(status).toBe(404)
    return headers.get('content-type')?.split(';')[0]
  }
  expect(await typeFor(BROWSER)).toBe('text/html')
  expect(await typeFor('application/json, text/html;q=0.1')).toBe('application/problem+json')
  expect(await typeFor('text/html;q=0.2, application/json;q=0.1')).toBe('text/html')
})

/** `fetch` would join the values itself. */
async function sendLines(path: string, headers: Record<string, string | string[]>) {
  const authorization = `Bearer ${await bearer}`
  const sent = request(`${api}${path}`, { method: 'POST', headers: { ...headers, authorization } })
  sent.end('{"url":"https://example.com/"}')
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; json: unknown }>()
  sent.on('error', reject)
  sent.on('response', (response) =>
    text(response).then((body) => resolve({ status: response.statusCode, json: JSON.parse(body) }), reject),
  )
  return promise
}
