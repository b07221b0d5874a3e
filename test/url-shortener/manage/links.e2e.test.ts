import { examples } from '../../../lib/url-shortener/examples.ts'
import { apiUrl, newTenant, token } from '../../support/cloud.ts'
import { answered, call } from '../../support/http.ts'
import { aClient } from '../a-client.ts'

const api = apiUrl('UrlShortener')
const unique = () => Math.random().toString(36).slice(2, 10)
/** Each request is made by a tenant of its own, so that none exceeds a tenant's limit. */
const create = async (body: unknown) => (await aClient()).send('/v1/links', { method: 'POST', body })

describe('POST /v1/links', () => {
  test('answers 201 with the whole link, its Location and its ETag', async () => {
    const alias = `alias-${unique()}`
    const { status, headers, json } = await create({ url: 'HTTPS://Example.com/a b?q=ü', alias })
    expect(status).toBe(201)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('location')).toBe(`${api}/v1/links/${alias}`)
    expect(headers.get('etag')).toMatch(/^"[\w-]+"$/)
    const aTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(json).toEqual({
      code: alias,
      shortUrl: `${api}/${alias}`,
      url: 'https://example.com/a%20b?q=%C3%BC',
      redirect: 302,
      cacheSeconds: 0,
      status: 'active',
      createdAt: aTime,
      updatedAt: json.createdAt,
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

  test('without an alias returns a new code of 7 base62 characters each time', async () => {
    const links = await Promise.all(Array.from({ length: 10 }, () => create({ url: 'https://example.com/' })))
    const codes = links.map((answer) => answered(201, answer).json.code)
    for (const code of codes) expect(code).toMatch(/^[0-9A-Za-z]{7}$/)
    expect(new Set(codes).size).toBe(10)
  })

  /** @proves url-shortener/code-once */
  test('gives an alias to exactly one of 20 concurrent requests, and 409 alias-taken to the others', async () => {
    const alias = `race-${unique()}`
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => create({ url: `https://example.com/${n}`, alias })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const { status, json } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, json.code]).toEqual([409, 'alias-taken'])
    }
    const winner = answers.find(({ status }) => status === 201)
    expect((await call(`${api}/${alias}`)).headers.get('location')).toBe(winner?.json.url)
  })

  test('refuses an alias of another tenant, too', async () => {
    const alias = `tenant-${unique()}`
    await (await aClient()).create({ alias })
    const { status, json } = await (await aClient({ sub: 'user-2' })).post({ alias })
    expect([status, json.code]).toEqual([409, 'alias-taken'])
  })

  test.each([
    'v1',
    'health',
    'robots.txt',
    'favicon.ico',
    '.well-known',
  ])('refuses the alias %s with 409 alias-reserved', async (alias) => {
    const { status, json } = await create({ url: 'https://example.com/', alias })
    expect([status, json.code]).toEqual([409, 'alias-reserved'])
  })

  /** @proves url-shortener/no-inner-targets */
  test.each([
    ['a URL without a scheme', 'example.com'],
    ['another scheme', 'javascript:alert(1)'],
    ['credentials', 'https://user:secret@example.com/'],
    ['loopback', 'http://127.0.0.1/'],
    ['loopback in disguise', 'http://0x7f.1/'],
    ['a private host', 'https://192.168.1.1/'],
    ['CGNAT', 'https://100.64.0.1/'],
    ['link-local IPv6', 'https://[fe80::1]/'],
    ['multicast', 'https://224.0.0.251/'],
    ['multicast IPv6', 'https://[ff02::1]/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['the hosts file’s name for loopback', 'https://localhost.localdomain/'],
    ['2,049 characters', `https://example.com/${'x'.repeat(2029)}`],
  ])('refuses %s with 422 invalid-url', async (_, url) => {
    const { status, json } = await create({ url })
    expect([status, json.code, json.errors[0].path]).toEqual([422, 'invalid-url', 'url'])
  })

  test.each([
    ['no url', {}, ['url']],
    ['a url that is not a string', { url: 7 }, ['url']],
    ['a bad alias and an unknown field', { url: 'https://example.com/', alias: 'a b', colour: 1 }, ['alias', 'colour']],
    ['a body that is not an object', [], ['']],
  ])('refuses %s with 422 invalid-input, which names the fields', async (_, body, paths) => {
    const { status, json } = await create(body)
    expect([status, json.code]).toEqual([422, 'invalid-input'])
    expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(paths)
  })

  test('refuses a body that is not JSON with 400 invalid-json, and another media type with 400 unsupported-media-type', async () => {
    const { send } = await aClient()
    const wrong = { method: 'POST', body: '{"url":' }
    expect((await send('/v1/links', wrong)).json).toMatchObject({ status: 400, code: 'invalid-json' })
    const form = { ...wrong, body: 'url=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    expect((await send('/v1/links', form)).json).toMatchObject({ status: 400, code: 'unsupported-media-type' })
  })

  test('refuses a body above 262,144 bytes with 413 too-large', async () => {
    const { status, json } = await create({ url: `https://example.com/${'x'.repeat(262_144)}` })
    expect([status, json.code]).toEqual([413, 'too-large'])
  })
})

describe('creating a link', () => {
  const body = { url: 'https://example.com/' }
  const post = (bearer?: string) => call(`${api}/v1/links`, { method: 'POST', body, ...(bearer && { token: bearer }) })
  const tokenOf = (scope: string) => token({ sub: 'user-1', tenant: newTenant(), scope })

  test('needs a token that the issuer signed', async () => {
    expect((await post()).status).toBe(401)
    const forged = (await tokenOf('links:write')).replace(/[^.]+$/, (signature) =>
      signature.split('').reverse().join(''),
    )
    expect((await post(forged)).status).toBe(401)
  })

  test('needs the scope', async () => {
    expect((await post(await tokenOf('links:read'))).status).toBe(403)
  })

  test('needs a tenant in the token', async () => {
    const { status, json } = await post(await token({ sub: 'user-1', scope: 'links:write' }))
    expect([status, json.code]).toEqual([403, 'tenant-missing'])
  })

  test('accepts the scope as Cognito writes it', async () => {
    answered(201, await post(await tokenOf('links/write')))
  })
})

describe('GET|HEAD /{code}', () => {
  test.each(['GET', 'HEAD'])('%s answers 302 to the target at once, uncached, unindexed', async (method) => {
    const { code } = await (await aClient()).create({ url: 'https://example.com/target?a=1#part' })
    const { status, headers, text } = await call(`${api}/${code}`, { method })
    expect([status, text]).toEqual([302, ''])
    expect(headers.get('location')).toBe('https://example.com/target?a=1#part')
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('x-robots-tag')).toBe('noindex')
  })

  test.each(['no-such-code', 'a', 'a%20b', 'x'.repeat(65)])('/%s is 404 not-found', async (code) => {
    const { status, headers, json } = await call(`${api}/${code}`)
    expect([status, json.code]).toEqual([404, 'not-found'])
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('x-robots-tag')).toBe('noindex')
  })
})

describe('every response of a function', () => {
  test('is problem+json with the request id of its header, if it is an error', async () => {
    const { status, headers, json } = await call(`${api}/v1/nothing/here`)
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(json).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status,
      detail: 'There is nothing at this path.',
      code: 'not-found',
      requestId: headers.get('x-request-id'),
    })
  })

  test('is 405 with Allow for another method of a known path', async () => {
    const { status, headers, json } = await call(`${api}/v1/links`, { method: 'PUT', body: {} })
    expect([status, json.code, headers.get('allow')]).toEqual([405, 'method-not-allowed', 'POST, GET'])
  })

  test.each(['/health', '/no-such-code', '/v1/nothing'])('has the security headers: %s', async (path) => {
    const { headers } = await call(`${api}${path}`)
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d+/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toContain('no-store')
    expect(headers.get('x-request-id')).toBeTruthy()
  })
})

test('GET /health answers 200 and names its dependencies', async () => {
  const { status, json } = await call(`${api}/health`)
  expect([status, json]).toEqual([200, { status: 'ok', dependencies: { database: 'ok' } }])
})

test('the requests that are printed after a deployment work', async () => {
  const { bearer } = await aClient()
  for (const { title, method, url, headers, body, status } of examples({
    apiUrl: api,
    token: bearer,
    unique: unique(),
  })) {
    const answer = await call(url, { method, body, ...(headers && { headers }) })
    expect([title, answer.status]).toEqual([title, status])
  }
})
