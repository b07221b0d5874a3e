import { apiUrl } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { answered, type Call, call } from '../../support/http.ts'
import { aLink } from '../a-link.ts'
import { linesWith } from '../deployed.ts'
import { VISITORS } from '../visit/a-visit.ts'
import { putLocked, randomCode } from './locked-links.ts'

const api = apiUrl('UrlShortener')
const HTML = { accept: 'text/html,*/*;q=0.8', 'content-type': 'application/x-www-form-urlencoded' }

// An attempt gets 429 if the table takes longer than a decision may, and may have been counted. A test of attempts that
// pass then starts again with another link.

/** Creates a link of its own, because each link has its own limits. */
async function aLockedLink(overrides: object = {}, password = 'secret') {
  const { code } = await putLocked(aLink({ code: randomCode(), passwordId: 'password-1', ...overrides }), password)
  const unlock = (options: Call, query = '') => call(`${api}/${code}/unlock${query}`, { method: 'POST', ...options })
  return {
    code,
    json: (given: string, query?: string) => unlock({ body: { password: given } }, query),
    form: (given: string, more: object = {}) =>
      unlock({ headers: HTML, body: new URLSearchParams({ password: given, ...more }).toString() }),
  }
}

test.each([
  'json',
  'form',
] as const)('the right password as %s leads to the short link, with a cookie', async (kind) => {
  const { code, headers } = await eventually(async () => {
    const link = await aLockedLink({}, 'sécret &=+ 1')
    return { code: link.code, ...answered(303, await link[kind]('sécret &=+ 1')) }
  })
  const shortUrl = headers.get('location') ?? ''
  expect(shortUrl).toMatch(new RegExp(`^http.*/${code}$`))
  const [cookie, ...more] = headers.getSetCookie()
  expect(more).toEqual([])
  const path = new URL(shortUrl).pathname
  expect(cookie).toMatch(/^unlock=[\w-]+\.\d{10}\.[\w-]{43}; /)
  expect(cookie?.split('; ').slice(1)).toEqual(['Max-Age=600', `Path=${path}`, 'Secure', 'HttpOnly', 'SameSite=Lax'])
  expect(headers.get('cache-control')).toBe('private, no-store')
  expect(headers.get('x-robots-tag')).toBe('noindex')
})

test('after five attempts in a minute, right or wrong, the sixth gets 429, for a browser too', async () => {
  const sixth = async () => {
    const { json, form } = await aLockedLink()
    const statuses = []
    for (const password of ['a', 'b', 'secret', 'c', 'secret']) statuses.push((await json(password)).status)
    expect(statuses).toEqual([401, 401, 303, 401, 303])
    const [problem, page] = [await json('secret'), await form('secret')]
    expect([problem.status, page.status]).toEqual([429, 429])
    expect(problem.headers.get('ratelimit')).toMatch(/^"unlock-client";r=0;t=\d+, "unlock-link";r=95;t=\d+$/)
    return { problem, page }
  }
  const { problem, page } = await eventually(sixth)
  const { headers, json } = problem
  expect([json.code, json['violated-policies']]).toEqual(['rate-limited', ['unlock-client']])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(120)
  expect(headers.get('ratelimit-policy')).toBe('"unlock-client";q=5;w=60, "unlock-link";q=100;w=3600')
  expect(headers.getSetCookie()).toEqual([])
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.text).toContain('Too many passwords were tried')
})

test('an address in a header that the client sent is not trusted', async () => {
  await eventually(async () => {
    const { code } = await aLockedLink()
    const tryFrom = (address: string) =>
      call(`${api}/${code}/unlock`, {
        method: 'POST',
        body: { password: 'wrong' },
        headers: { 'x-forwarded-for': address, 'cloudfront-viewer-address': `${address}:1234` },
      })
    const statuses = []
    for (let host = 1; host <= 6; host++) statuses.push((await tryFrom(`198.51.100.${host}`)).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })
})

/** @proves url-shortener/attempts-limited */
test('of many concurrent attempts exactly five are allowed', async () => {
  const { json } = await aLockedLink()
  const answers = await Promise.all(Array.from({ length: 12 }, () => json('wrong')))
  const tried = answers.filter(({ status }) => status === 401)
  expect(tried.length).toBeLessThanOrEqual(5)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(12 - tried.length)
})

test('a wrong password in a browser shows the form again', async () => {
  const { headers, text } = await eventually(async () => answered(401, await (await aLockedLink()).form('wrong')))
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(text).toContain('action="unlock"')
})

test('an unknown field is reported as such, and not as a wrong password', async () => {
  const { status, text } = await (await aLockedLink()).form('secret', { remember: 'on' })
  expect(status).toBe(422)
  expect(text).toContain('invalid field: remember')
  expect(text).not.toContain('password is wrong')
})

test('the query of the visit is passed on through the password form to the target', async () => {
  const query = '?utm=a%20b&own=2&x=%C3%BC'
  const { code, headers } = await eventually(async () => {
    const link = await aLockedLink({ url: 'https://example.com/?own=1', forwardQuery: true })
    return { code: link.code, ...answered(303, await link.json('secret', query)) }
  })
  const asked = await call(`${api}/${code}${query}`, { headers: { ...VISITORS.person, accept: 'text/html' } })
  expect(asked.text).toContain(`action="${code}/unlock${query.replaceAll('&', '&amp;')}"`)

  const location = headers.get('location') ?? ''
  expect(location.endsWith(`/${code}${query}`)).toBe(true)
  const [cookie = ''] = headers.getSetCookie()
  const visit = await call(location, { headers: { ...VISITORS.person, cookie: cookie.split(';', 1)[0] ?? '' } })
  expect(visit.headers.get('location')).toBe('https://example.com/?own=1&utm=a%20b&x=%C3%BC')
})

test.each([
  ['blocked', 451, { blockedAt: '2026-01-01T00:00:00.000Z' }],
  ['not-started', 404, { startsAt: '2099-01-01T00:00:00.000Z' }],
  ['expired', 410, { expiresAt: '2026-01-01T00:00:00.000Z' }],
])('a link that is %s gets %d, whatever the password is', async (code, status, overrides) => {
  const answer = await (await aLockedLink(overrides)).json('secret')
  expect([answer.status, answer.json.code]).toEqual([status, code])
})

test('a code without a link gets 404', async () => {
  const answer = await call(`${api}/${randomCode()}/unlock`, { method: 'POST', body: { password: 'secret' } })
  expect([answer.status, answer.json.code]).toEqual([404, 'not-found'])
})

test('the address of the form accepts no GET: 405', async () => {
  const { status, headers } = await call(`${api}/${randomCode()}/unlock`)
  expect([status, headers.get('allow')]).toEqual([405, 'POST'])
})

test('no log contains a password', async () => {
  const password = `never-logged-${randomCode()}`
  const { json } = await aLockedLink({}, password)
  const { headers } = await json(password)
  const request = headers.get('x-request-id') ?? ''
  await eventually(async () => expect(await linesWith(request)).not.toEqual([]))
  expect(await linesWith(password)).toEqual([])
})
