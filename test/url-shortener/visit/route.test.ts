import { AppError } from '../../../functions/shared/errors.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { validate } from '../../../functions/shared/http/validate.ts'
import { counter, createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { previewBody } from '../../../functions/url-shortener/api-description.ts'
import type { PreviewOutcome } from '../../../functions/url-shortener/visit/preview-link.ts'
import { redirectRoute } from '../../../functions/url-shortener/visit/route.ts'
import type { Visit, VisitOutcome } from '../../../functions/url-shortener/visit/visit-link.ts'
import { robotsRoute } from '../../../functions/url-shortener/visit/visit-routes.ts'
import { type EventOptions, httpEvent, lambdaContext, REQUEST_ID } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../a-link.ts'
import { VISITORS } from './a-visit.ts'

const BROWSER = { ...VISITORS.person, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const PREVIEW = {
  code: 'abc',
  url: 'https://example.com/',
  targets: ['https://example.com/', 'https://example.com/ios'],
  title: 'A title',
  createdAt: '2026-03-12T19:03:58.005Z',
}
const REDIRECT: VisitOutcome = { outcome: 'redirect', status: 302, url: 'https://example.com/a?b=c#d', cache: null }

/** Builds a route whose use cases return the test's outcome. */
function routed(
  found: VisitOutcome | Error,
  previewed: PreviewOutcome = { outcome: 'preview', preview: { ...PREVIEW, forwardQuery: true } },
) {
  const visits: Visit[] = []
  const previews: string[] = []
  const { telemetry, lines } = recordedTelemetry()
  const metrics = createMetrics({ namespace: 'Test', names: ['VisitPostponed'], stack: 'a-stack' })
  const route = redirectRoute({
    visit: async (visit) => {
      visits.push(visit)
      if (found instanceof Error) throw found
      return found
    },
    preview: async (code) => {
      previews.push(code)
      if (found instanceof Error) throw found
      return previewed
    },
    isFromEdge: async ({ headers }) => headers['x-from-edge'] === 'yes',
    publicUrl: 'https://s.example',
    count: counter(metrics),
  })
  const handler = httpHandler({
    ...telemetry,
    metrics,
    routes: { 'GET /{code}': route, 'HEAD /{code}': route, 'GET /robots.txt': robotsRoute() },
    headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
  })
  const ask = async (options: Partial<EventOptions> & { code?: string } = {}) => {
    const { code = 'abc', ...rest } = options
    const event = httpEvent({ routeKey: 'GET /{code}', path: `/${code}`, params: { code }, ...rest })
    const { statusCode: status, headers = {}, body } = await handler(event, lambdaContext())
    const text = String(body ?? '')
    return { status, headers, body, text, json: () => JSON.parse(text) }
  }
  return { ask, visits, previews, lines, postponed: () => lines.map((line) => line.VisitPostponed) }
}

describe('a redirect', () => {
  test.each(['GET', 'HEAD'] as const)('by %s has the target and no body, and is not cached', async (method) => {
    expect(await routed(REDIRECT).ask({ routeKey: `${method} /{code}` })).toMatchObject({
      status: 302,
      headers: {
        location: 'https://example.com/a?b=c#d',
        'cache-control': 'private, no-store',
        'x-robots-tag': 'noindex',
        'x-request-id': REQUEST_ID,
      },
      body: undefined,
    })
  })

  test.each(['public', 'private'] as const)('that may be cached names the time, and by whom: %s', async (scope) => {
    const { ask } = routed({ ...REDIRECT, status: 301, cache: { seconds: 60, scope } })
    expect(await ask()).toMatchObject({ status: 301, headers: { 'cache-control': `${scope}, max-age=60` } })
  })

  test('whose target must not be revealed has the status alone', async () => {
    const { status, headers } = await routed({ ...REDIRECT, status: 308, url: null }).ask({ routeKey: 'HEAD /{code}' })
    expect(status).toBe(308)
    expect(headers).not.toHaveProperty('location')
  })
})

describe('a link that does not redirect', () => {
  const refusals = [
    ['not-found', 404],
    ['not-started', 404],
    ['deleted', 410],
    ['expired', 410],
    ['exhausted', 410],
    ['blocked', 451],
  ] as const

  test.each(refusals)('%s is a problem with status %d', async (outcome, status) => {
    const answer = await routed({ outcome }).ask()
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'private, no-store' },
    })
    expect(answer.headers).not.toHaveProperty('location')
    expect(answer.json()).toMatchObject({ status, code: outcome, requestId: REQUEST_ID })
  })

  test.each(refusals)('%s is a page for a browser, with the status %d too', async (outcome, status) => {
    const { headers, text, ...answer } = await routed({ outcome }).ask({ headers: BROWSER })
    expect(answer.status).toBe(status)
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'x-robots-tag': 'noindex' })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(text).toMatch(/<h1>[^<]+<\/h1>/)
  })

  test.each(refusals)('%s has no body for HEAD', async (outcome, status) => {
    expect(await routed({ outcome }).ask({ routeKey: 'HEAD /{code}' })).toMatchObject({ status, body: undefined })
  })
})

describe('a guarded link', () => {
  test('asks people for the password, in a form that keeps their query', async () => {
    const { ask } = routed({ outcome: 'locked' })
    const { status, headers, text } = await ask({ headers: BROWSER })
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'private, no-store',
    ])
    expect(text).toContain('action="abc/unlock"')
    const { text: withQuery } = await ask({ headers: BROWSER, rawQuery: 'a=1&b="><script>&c=%20' })
    expect(withQuery).toContain('action="abc/unlock?a=1&amp;b=%22%3E%3Cscript%3E&amp;c=%20"')
  })

  test('gives programs a page without a target', async () => {
    const { status, headers } = await routed({ outcome: 'withheld' }).ask({ headers: VISITORS.bot })
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers).not.toHaveProperty('location')
  })

  test.each([{}, BROWSER])('cannot be prefetched: 503, uncached', async (headers) => {
    expect(await routed({ outcome: 'later' }).ask({ headers })).toMatchObject({
      status: 503,
      headers: { 'cache-control': 'private, no-store', 'retry-after': '1' },
    })
  })
})

describe('a 503 that is intended is no failure', () => {
  test.each([
    'later',
    'busy',
  ] as const)('%s is counted in its log line, so that alarms can subtract it', async (outcome) => {
    const { ask, lines, postponed } = routed({ outcome })
    expect(await ask()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(postponed()).toEqual([1])
    expect(lines).toMatchObject([{ level: 'INFO', http_status: 503 }])
  })

  test('any other 503, and any other status, is not counted', async () => {
    const failed = routed(new AppError('dependency-failed', 'The table is down', { retryable: true }))
    const others = [failed, routed(REDIRECT), routed({ outcome: 'withheld' }), routed({ outcome: 'exhausted' })]
    for (const { ask, postponed } of others) {
      await ask()
      await ask({ headers: BROWSER })
      expect(new Set(postponed())).toEqual(new Set([undefined]))
    }
    expect((await failed.ask()).status).toBe(503)
  })
})

describe('a failure', () => {
  const outage = new AppError('dependency-failed', 'The table Links is down', { retryable: true })

  test('that is transient is 503 with Retry-After, and not 404', async () => {
    const answer = await routed(outage).ask()
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(answer.json()).toMatchObject({ code: 'unavailable' })
  })

  test('is a page for a browser, reveals no reason, and is logged', async () => {
    const { ask, lines } = routed(outage)
    const { status, headers, text } = await ask({ headers: BROWSER })
    expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '1', 'text/html; charset=utf-8'])
    expect(text).not.toContain('Links is down')
    expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'request failed' }))
  })

  test('that is a bug is 500 for a browser too', async () => {
    expect(await routed(new Error('a bug')).ask({ headers: BROWSER })).toMatchObject({ status: 500 })
  })
})

describe('a visit reads from its request', () => {
  const visitOf = async (options: Partial<EventOptions>) => {
    const { ask, visits } = routed(REDIRECT)
    await ask(options)
    const [visit] = visits
    if (!visit) throw new Error('There was no visit.')
    return visit
  }

  test('code, query, cookies and cause', async () => {
    expect(await visitOf({ rawQuery: 'a=1&b=%20', cookies: ['unlock=x'] })).toMatchObject({
      code: 'abc',
      isHead: false,
      query: 'a=1&b=%20',
      cookies: ['unlock=x'],
      cause: { correlationId: REQUEST_ID, causationId: CAUSE.causationId },
    })
  })

  test('the method HEAD, and the kind of visitor', async () => {
    expect(await visitOf({ routeKey: 'HEAD /{code}' })).toMatchObject({ isHead: true })
    expect((await visitOf({ headers: VISITORS.bot })).visitor.kind).toBe('bot')
  })

  test('a country only if the edge provides it', async () => {
    const { signal } = new AbortController()
    const country = { 'cloudfront-viewer-country': 'AT' }
    expect((await (await visitOf({ headers: country })).located(signal)).country).toBe('unknown')
    const vouched = await visitOf({ headers: { ...country, 'x-from-edge': 'yes' } })
    expect((await vouched.located(signal)).country).toBe('AT')
    expect(vouched.visitor.country).toBe('unknown')
  })

  test('an event without a code has none', async () => {
    expect(await visitOf({ params: {} })).toMatchObject({ code: '' })
  })
})

describe('a preview', () => {
  const JSON_ONLY = { accept: 'application/json' }

  test.each(['abc+', 'abc%2B', 'abc%2b'])('at %s is a page, and no visit', async (code) => {
    const { ask, visits, previews } = routed(REDIRECT)
    const { status, headers, text } = await ask({ code })
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'private, no-store',
    ])
    expect(headers).not.toHaveProperty('location')
    for (const shown of ['https://s.example/abc', ...PREVIEW.targets, 'passed on']) expect(text).toContain(shown)
    expect([visits, previews]).toEqual([[], ['abc']])
  })

  test('is JSON for a client that accepts only that', async () => {
    const answer = await routed(REDIRECT).ask({ code: 'abc+', headers: JSON_ONLY })
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.json()).toEqual(PREVIEW)
    // This is the documented format.
    expect(validate(previewBody, answer.json())).toEqual(PREVIEW)
    const both = await routed(REDIRECT).ask({ code: 'abc+', headers: { accept: 'text/html, application/json' } })
    expect(both.headers['content-type']).toBe('text/html; charset=utf-8')
  })

  test('by HEAD has no body', async () => {
    expect(await routed(REDIRECT).ask({ routeKey: 'HEAD /{code}', code: 'abc+' })).toMatchObject({
      status: 200,
      body: undefined,
    })
  })

  test.each([
    ['not-found', 404],
    ['deleted', 410],
  ] as const)('of a link that is %s is %d', async (outcome, status) => {
    const answer = await routed(REDIRECT, { outcome }).ask({ code: 'abc+', headers: JSON_ONLY })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ code: outcome })
  })

  test('with two + is one of a code with a +, which no link has', async () => {
    const { ask, previews } = routed(REDIRECT)
    await ask({ code: 'abc++' })
    expect(previews).toEqual(['abc+'])
  })
})

test('robots.txt allows links and disallows the API', async () => {
  const { status, headers, text } = await routed(REDIRECT).ask({ routeKey: 'GET /robots.txt' })
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(text).toBe('User-agent: *\nDisallow: /v1/\n')
})
