import { AppError } from '../../../functions/shared/errors.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import type { Check, Decided } from '../../../functions/shared/rate-limit/policy.ts'
import { MAX_PASSWORD_LENGTH } from '../../../functions/url-shortener/domain/password.ts'
import { unlockRoute } from '../../../functions/url-shortener/unlock/route.ts'
import type { Lock } from '../../../functions/url-shortener/unlock/unlock-link.ts'
import { decided, decision, denial } from '../../shared/rate-limit/support/decisions.ts'
import { type EventOptions, httpEvent, lambdaContext } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const ROUTE = 'POST /{code}/unlock'
const LOCKED: Lock = { state: 'locked', link: { code: 'abc', passwordId: 'password-1' } }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_BODY = { 'content-type': 'application/json' }
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const ALLOWED = decided(decision({ policy: 'unlock-client' }), decision({ policy: 'unlock-link' }))
const DENIED = decided(denial(11_001, { policy: 'unlock-client' }), decision({ policy: 'unlock-link' }))
const FIELDS = { ratelimit: '"unlock-client";r=42;t=18, "unlock-link";r=42;t=18' }

/** Builds the function over a link whose password is `secret`. */
function unlocking({ lock = LOCKED as Lock, answer = ALLOWED as Decided } = {}) {
  const tried: string[] = []
  const asked: Check[] = []
  const { telemetry, lines } = recordedTelemetry()
  const route = unlockRoute({
    findLock: async () => lock,
    tryPassword: async ({ password }) => {
      tried.push(password)
      if (password === 'down') throw new AppError('dependency-failed', 'The table is down', { retryable: true })
      if (password === 'free') return { outcome: 'open' }
      return password === 'secret' ? { outcome: 'right', proof: 'proof' } : { outcome: 'wrong' }
    },
    limit: async (checks) => {
      asked.push(...checks)
      return answer
    },
    clientOf: async ({ clientAddress }) => `hash-of-${clientAddress}`,
    publicUrl: 'https://go.example/s',
  })
  const handler = httpHandler({ ...telemetry, routes: { [ROUTE]: route } })
  const send = async (options: Partial<EventOptions>) => {
    const {
      statusCode: status,
      headers = {},
      cookies,
      body = '',
    } = await handler(httpEvent({ routeKey: ROUTE, params: { code: 'abc' }, ...options }), lambdaContext())
    const isProblem = String(headers['content-type']).startsWith('application/problem+json')
    return { status, headers, cookies, body, problem: isProblem ? JSON.parse(body) : undefined }
  }
  return {
    tried,
    asked,
    lines,
    send,
    json: (body: unknown, rawQuery = '') => send({ headers: JSON_BODY, body: JSON.stringify(body), rawQuery }),
    form: (fields: Record<string, string>, rawQuery = '') => {
      const body = Buffer.from(new URLSearchParams(fields).toString())
      return send({ headers: { ...FORM, ...BROWSER }, body, rawQuery })
    },
  }
}

describe('the right password', () => {
  test.each(['json', 'form'] as const)('as %s leads to the link, with a cookie for it alone', async (kind) => {
    const { status, headers, cookies } = await unlocking()[kind]({ password: 'secret' })
    expect([status, headers.location]).toEqual([303, 'https://go.example/s/abc'])
    expect(cookies).toEqual(['unlock=proof; Max-Age=600; Path=/s/abc; Secure; HttpOnly; SameSite=Lax'])
    expect(headers).toMatchObject(FIELDS)
  })

  test.each([
    ['a=1&b=%20&a=2', 'https://go.example/s/abc?a=1&b=%20&a=2'],
    ['//evil.example/', 'https://go.example/s/abc?//evil.example/'],
    ['a=ü\r\nset-cookie:x#y', 'https://go.example/s/abc?a=%C3%BC%0D%0Aset-cookie:x%23y'],
    ['a='.padEnd(9000, 'x'), 'https://go.example/s/abc'],
  ])('keeps the query of the visit: %j', async (rawQuery, location) => {
    const { status, headers } = await unlocking().json({ password: 'secret' }, rawQuery)
    expect([status, headers.location]).toEqual([303, location])
  })
})

describe('a wrong password', () => {
  test('gets 401 for a program, with the limits', async () => {
    const { status, headers, cookies, problem } = await unlocking().json({ password: 'Secret' })
    expect([status, problem.code, cookies]).toEqual([401, 'wrong-password', undefined])
    expect(headers).toMatchObject(FIELDS)
  })

  test('shows the form again in a browser, with the same action', async () => {
    const { status, headers, cookies, body } = await unlocking().form({ password: 'Secret' })
    expect([status, headers['content-type'], cookies]).toEqual([401, 'text/html; charset=utf-8', undefined])
    expect(body).toMatch(/<form [^>]*action="unlock"/)
    expect(body).toMatch(/password is wrong/)
    expect(headers).toMatchObject(FIELDS)
    expect(headers['content-security-policy']).toBeDefined()
  })

  test('shows the form again with the query of the visit', async () => {
    const { body } = await unlocking().form({ password: 'Secret' }, 'a=1&b=%22')
    expect(body).toContain('action="unlock?a=1&amp;b=%22"')
  })
})

test('attempts are counted by a hash of the client and by code, before the password is compared', async () => {
  const { asked, tried, json } = unlocking()
  await json({ password: 'secret' })
  expect(asked.map(({ policy, subject }) => [policy.name, policy.limit, policy.windowMs, subject])).toEqual([
    ['unlock-client', 5, 60_000, 'abc:hash-of-203.0.113.7'],
    ['unlock-link', 100, 3_600_000, 'abc'],
  ])
  expect(tried).toEqual(['secret'])
})

describe('a client that has used up its attempts', () => {
  test('gets 429 and when to retry; no password is compared, right or wrong', async () => {
    const { tried, json } = unlocking({ answer: DENIED })
    const { status, headers, cookies, problem } = await json({ password: 'secret' })
    expect([status, problem.code, problem['violated-policies']]).toEqual([429, 'rate-limited', ['unlock-client']])
    expect(headers).toMatchObject({ 'retry-after': '12', ratelimit: expect.stringContaining('"unlock-client";r=0') })
    expect([tried, cookies]).toEqual([[], undefined])
  })

  test.each([
    [1000, 'a second'],
    [11_001, '12 seconds'],
    [90_000, '90 seconds'],
    [3_540_001, '60 minutes'],
  ])('that may retry in %d ms reads that on a page', async (ms, text) => {
    const answer = decided(denial(ms, { policy: 'unlock-link' }))
    const { status, headers, body } = await unlocking({ answer }).form({ password: 'secret' })
    expect([status, headers['content-type'], headers['retry-after']]).toEqual([
      429,
      'text/html; charset=utf-8',
      String(Math.ceil(ms / 1000)),
    ])
    expect(body).toContain(text)
  })
})

describe('a link that cannot be unlocked', () => {
  test('without a password gets a redirect to itself, and no attempt is counted', async () => {
    const { asked, json, form } = unlocking({ lock: { state: 'open' } })
    for (const { status, headers, cookies } of [await json({ password: 'x' }), await form({}), await json({})]) {
      expect([status, headers.location, cookies]).toEqual([303, 'https://go.example/s/abc', undefined])
    }
    expect(asked).toEqual([])
  })

  test('whose password was just removed gets it too, with the query of the visit', async () => {
    const { status, headers, cookies } = await unlocking().json({ password: 'free' }, 'a=1')
    expect([status, headers.location, cookies]).toEqual([303, 'https://go.example/s/abc?a=1', undefined])
  })

  test.each([
    ['not-found', 404],
    ['not-started', 404],
    ['deleted', 410],
    ['expired', 410],
    ['blocked', 451],
  ] as const)('that is %s gets %d, a page for a browser, and no attempt is counted', async (state, expected) => {
    const { asked, tried, json, form } = unlocking({ lock: { state } })
    const { status, problem } = await json({ password: 'secret' })
    expect([status, problem.code]).toEqual([expected, state])
    const page = await form({ password: 'secret' })
    expect([page.status, page.headers['content-type']]).toEqual([expected, 'text/html; charset=utf-8'])
    expect(page.body).toContain(problem.detail)
    expect([asked, tried]).toEqual([[], []])
  })
})

describe('a body without a password is not counted as an attempt', () => {
  test.each([
    [{}, 'password'],
    [{ password: '' }, 'password'],
    [{ password: 7 }, 'password'],
    [{ password: 'x'.repeat(MAX_PASSWORD_LENGTH + 1) }, 'password'],
    [{ password: 'secret', remember: true }, 'remember'],
    [['secret'], ''],
    [{ password: '\ud83d' }, 'password'],
  ])('%j gets 422', async (body, path) => {
    const { asked, tried, json } = unlocking()
    const { status, problem } = await json(body)
    expect([status, problem.code, problem.errors[0].path]).toEqual([422, 'invalid-input', path])
    expect([asked, tried]).toEqual([[], []])
  })

  test('a password of the maximum length is counted', async () => {
    expect((await unlocking().json({ password: 'x'.repeat(MAX_PASSWORD_LENGTH) })).status).toBe(401)
  })

  test.each([
    [{ password: '' }, 'Enter a password of 1 to 256 characters.'],
    [{}, 'Enter a password of 1 to 256 characters.'],
    [{ password: 'x'.repeat(MAX_PASSWORD_LENGTH + 1) }, 'Enter a password of 1 to 256 characters.'],
    [{ password: 'secret', remember: 'on' }, 'The request has an invalid field: remember.'],
    [{ 'pass<word': 'secret' }, 'The request has 2 invalid fields: password, pass&lt;word.'],
  ])('the form %j is shown again with its error', async (fields, error) => {
    const { asked, form } = unlocking()
    const { status, body } = await form(fields as Record<string, string>)
    expect([status, asked]).toEqual([422, []])
    expect(body).toMatch(/<form [^>]*action="unlock"/)
    expect(body).toContain(`<p id="error" role="alert">${error}</p>`)
  })

  test.each([
    ['text/plain', 'password=secret', 'unsupported-media-type'],
    ['multipart/form-data; boundary=x', '--x', 'unsupported-media-type'],
    ['application/json', '{', 'invalid-json'],
  ])('%s %j gets 400', async (type, body, code) => {
    const { asked, send } = unlocking()
    const { status, problem } = await send({ headers: { 'content-type': type }, body })
    expect([status, problem.code, asked]).toEqual([400, code, []])
  })
})

test('a table that does not respond causes a 503, a page for a browser, with its reason in the log', async () => {
  const { lines, json, form } = unlocking()
  expect((await json({ password: 'down' })).problem.code).toBe('unavailable')
  const { status, headers, body } = await form({ password: 'down' })
  expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '1', 'text/html; charset=utf-8'])
  expect(body).not.toContain('table')
  expect(lines.filter(({ level }) => level === 'ERROR')).toHaveLength(2)
})

test('no log line contains a password, a cookie or an address', async () => {
  const { lines, json, form } = unlocking()
  await json({ password: 'secret' })
  await form({ password: 'wrong-guess' })
  await json({ password: 'down' })
  expect(lines.length).toBeGreaterThan(2)
  expect(JSON.stringify(lines)).not.toMatch(/secret|wrong-guess|proof|203\.0\.113\.7/)
})
