import { createKeys } from '../../../functions/shared/secrets/secrets.ts'
import { secretsManagerReader } from '../../../functions/shared/secrets/secrets-manager-reader.ts'
import { createUnlockCookies } from '../../../functions/url-shortener/unlock/cookie.ts'
import { apiUrl, patientDynamoDB, setFunctionEnvironment, tableName } from '../../support/cloud.ts'
import { type Call, call } from '../../support/http.ts'
import { physicalId } from '../deployed.ts'
import { storedLink } from '../store/stored-link.ts'
import { VISITORS, type Who } from './a-visit.ts'

setFunctionEnvironment()
const api = apiUrl('UrlShortener')
const dynamodb = patientDynamoDB()
const [PAST, FUTURE] = ['2020-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z']
const TARGET = 'https://example.com/target?own=1#part'
const END = 'https://example.org/over'

/** Stores a link, and returns a function that visits it as one kind of visitor. */
async function aStored(options: Parameters<typeof storedLink>[2] = {}) {
  const code = await storedLink(dynamodb, await tableName('UrlShortener'), { url: TARGET, ...options })
  const visit = (who: Who = 'person', { path = code, headers = {} }: { path?: string } & Pick<Call, 'headers'> = {}) =>
    call(`${api}/${path}`, {
      method: who === 'head' ? 'HEAD' : 'GET',
      headers: { ...VISITORS[who === 'head' ? 'person' : who], ...headers },
    })
  return { code, visit }
}

const HTML = { accept: 'text/html' }

describe('a plain link', () => {
  test.each([
    301, 302, 307, 308,
  ] as const)('redirects with its status %d, for all kinds of visitors', async (redirect) => {
    const { visit } = await aStored({ redirect })
    for (const who of ['person', 'head', 'bot', 'prefetch'] as const) {
      const { status, headers, text } = await visit(who)
      expect([status, headers.get('location'), text]).toEqual([redirect, TARGET, ''])
      expect(headers.get('cache-control')).toBe('private, no-store')
      expect(headers.get('x-robots-tag')).toBe('noindex')
    }
  })

  test.each([
    [301, {}, 'public, max-age=600'],
    [308, {}, 'public, max-age=600'],
    [302, {}, 'private, no-store'],
    [301, { maxClicks: 5 }, 'private, no-store'],
    [301, { details: { rules: [] } }, 'private, max-age=600'],
  ] as const)('by %d with cacheSeconds and %j is %s', async (redirect, options, cacheControl) => {
    const { visit } = await aStored({ redirect, cacheSeconds: 600, ...options })
    expect((await visit()).headers.get('cache-control')).toBe(cacheControl)
  })
})

describe('a link that does not redirect', () => {
  test.each([
    ['not-started', 404, { startsAt: FUTURE }],
    ['expired', 410, { expiresAt: PAST }],
    ['exhausted', 410, { maxClicks: 5, clicks: 5 }],
    ['blocked', 451, { blockedAt: PAST }],
  ] as const)('is %s: %d, as a problem, as a page, and for HEAD and bots, too', async (code, status, options) => {
    const { visit } = await aStored(options)
    const problem = await visit()
    expect([problem.status, problem.json.code]).toEqual([status, code])
    expect(problem.headers.get('cache-control')).toBe('private, no-store')
    const page = await visit('person', { headers: HTML })
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const answer of [problem, page, await visit('head'), await visit('bot')]) {
      expect(answer.status).toBe(status)
      expect(answer.headers.get('location')).toBeNull()
      expect(answer.headers.get('x-robots-tag')).toBe('noindex')
      expect(answer.text).not.toContain('example.com')
    }
  })

  test.each([
    ['expired', { expiresAt: PAST }],
    ['exhausted', { maxClicks: 5, clicks: 5 }],
  ] as const)('once %s, redirects to its expiredUrl with an uncached 302', async (_, options) => {
    const { visit } = await aStored({ redirect: 301, cacheSeconds: 600, ...options, details: { expiredUrl: END } })
    const { status, headers } = await visit()
    expect([status, headers.get('location'), headers.get('cache-control')]).toEqual([302, END, 'private, no-store'])
  })

  test('is missing: 404 not-found', async () => {
    const { visit } = await aStored()
    const { status, json } = await visit('person', { path: 'no-such-code' })
    expect([status, json.code]).toEqual([404, 'not-found'])
  })
})

describe('a guarded link', () => {
  /** @proves url-shortener/programs-see-nothing */
  test.each([
    ['a cap', 302, { maxClicks: 5 }],
    ['a password', 200, { passwordId: 'p1' }],
  ])('with %s reveals no target to programs, and only the status %d to HEAD', async (_, status, options) => {
    const { visit } = await aStored(options)
    const [head, bot, prefetch] = [await visit('head'), await visit('bot'), await visit('prefetch')]
    expect([bot.status, bot.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect([prefetch.status, prefetch.headers.get('cache-control')]).toEqual([503, 'private, no-store'])
    expect(head.status).toBe(status)
    for (const { headers, text } of [head, bot, prefetch]) {
      expect(headers.get('location')).toBeNull()
      expect(text).not.toContain('example.com')
    }
  })

  test.each<Record<string, string>>([
    { 'sec-purpose': 'prefetch' },
    { purpose: 'prefetch' },
    { 'x-purpose': 'preview' },
    { 'x-moz': 'prefetch' },
  ])('with a cap is not spent by a browser that sends %j', async (headers) => {
    const { visit } = await aStored({ maxClicks: 1 })
    for (let time = 0; time < 3; time += 1) expect((await visit('person', { headers })).status).toBe(503)
    expect((await visit()).status).toBe(302)
    expect((await visit()).status).toBe(410)
  })

  test('with a password asks for it, and redirects visitors with the cookie', async () => {
    const { code, visit } = await aStored({ passwordId: 'p1' })
    const form = await visit()
    expect([form.status, form.headers.get('location')]).toEqual([200, null])
    expect(form.text).toContain(`action="${code}/unlock"`)

    const secretId = await physicalId('AWS::SecretsManager::Secret', 'SigningSecret')
    const now = Date.now
    const keys = createKeys({
      read: secretsManagerReader({ secretId, now, random: Math.random }),
      now,
      random: Math.random,
    })
    const { signal } = new AbortController()
    const value = await createUnlockCookies({ keys, now }).issue({ code, passwordId: 'p1' }, signal)
    const unlocked = await visit('person', { headers: { cookie: `unlock=${value}` } })
    expect([unlocked.status, unlocked.headers.get('location')]).toEqual([302, TARGET])
    expect(unlocked.headers.get('cache-control')).toBe('private, no-store')
    const forged = await visit('person', { headers: { cookie: `unlock=${value.slice(0, -4)}AAAA` } })
    expect(forged.status).toBe(200)
  })
})

describe('a preview', () => {
  const asJson = { accept: 'application/json' }

  test.each(['+', '%2B'])('by %s shows the target, and never redirects', async (suffix) => {
    const { code, visit } = await aStored({ title: 'A title' })
    const { status, headers, json } = await visit('person', { path: `${code}${suffix}`, headers: asJson })
    expect([status, headers.get('location'), headers.get('cache-control')]).toEqual([200, null, 'private, no-store'])
    expect(json).toEqual({
      code,
      url: TARGET,
      targets: [TARGET],
      title: 'A title',
      createdAt: '2026-03-12T19:03:58.005Z',
    })
    const page = await visit('person', { path: `${code}${suffix}` })
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.text).toContain('https://example.com/target')
  })

  /** @proves url-shortener/programs-see-nothing */
  test.each([
    ['a cap', { maxClicks: 1 }],
    ['a password', { passwordId: 'p1' }],
    ['a start in the future', { startsAt: FUTURE }],
    ['a block', { blockedAt: PAST }],
    ['an end in the past', { expiresAt: PAST }],
  ])('of a link with %s shows none', async (_, options) => {
    const { code, visit } = await aStored({ ...options, details: { rules: [{ if: { device: 'ios' }, url: END }] } })
    const { status, json } = await visit('person', { path: `${code}+`, headers: asJson })
    expect([status, json.url, json.targets]).toEqual([200, null, []])
  })

  test('of a link with rules shows all targets, and says whether the query is passed on', async () => {
    const rules = [
      { if: { device: 'ios' as const }, url: END },
      { if: { language: 'de' }, url: TARGET },
    ]
    const { code, visit } = await aStored({ forwardQuery: true, details: { rules } })
    const { json } = await visit('person', { path: `${code}+`, headers: asJson })
    expect([json.url, json.targets]).toEqual([TARGET, [TARGET, END]])
    const { text } = await visit('person', { path: `${code}+` })
    for (const shown of ['https://example.com/target', END, 'one of 2 addresses', 'passed on']) {
      expect(text).toContain(shown)
    }
  })

  test('of a missing link is 404', async () => {
    const { visit } = await aStored()
    expect((await visit('person', { path: 'no-such-code+' })).status).toBe(404)
  })
})

describe('the target', () => {
  const rules = [
    { if: { device: 'ios' as const, language: 'de' }, url: 'https://example.com/ios-de' },
    { if: { before: PAST }, url: 'https://example.com/long-ago' },
    { if: { country: 'unknown', after: PAST, language: 'fr-CA' }, url: 'https://example.com/nowhere' },
  ]
  const IPHONE = {
    'user-agent':
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1',
  }

  test.each([
    [{ ...IPHONE, 'accept-language': 'en;q=0.8, de-AT' }, 'https://example.com/ios-de'],
    [{ ...IPHONE, 'accept-language': 'en' }, TARGET],
    [{ 'accept-language': 'de' }, TARGET],
    [{ 'accept-language': 'fr', 'cloudfront-viewer-country': 'FR' }, 'https://example.com/nowhere'],
  ])('for %j is %s', async (headers, target) => {
    const { visit } = await aStored({ details: { rules } })
    expect((await visit('person', { headers })).headers.get('location')).toBe(target)
  })

  test('gets the visitor’s query, and its own parameters win', async () => {
    const { code, visit } = await aStored({ forwardQuery: true })
    const { headers } = await visit('person', { path: `${code}?own=2&utm=a%20b&utm=c&own=3` })
    expect(headers.get('location')).toBe('https://example.com/target?own=1&utm=a%20b&utm=c#part')
  })

  test('gets no query otherwise', async () => {
    const { code, visit } = await aStored()
    expect((await visit('person', { path: `${code}?utm=a` })).headers.get('location')).toBe(TARGET)
  })
})

test.each(['GET', 'HEAD'])('%s of robots.txt disallows the API, and nothing else', async (method) => {
  const { status, headers, text } = await call(`${api}/robots.txt`, { method })
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(text).toBe(method === 'GET' ? 'User-agent: *\nDisallow: /v1/\n' : '')
})
