import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLimiter } from '../../functions/shared/rate-limit/limiter.ts'
import { startTimer } from '../../functions/shared/resilience/timer.ts'
import { LIMIT_BUDGET_MS, tenantWrites } from '../../functions/url-shortener/limits.ts'
import { ROOT } from '../../tools/support/settings.ts'
import { apiUrl, patientDynamoDB, setFunctionEnvironment, tableName, token } from '../support/cloud.ts'
import { call } from '../support/http.ts'
import { until } from './deployed.ts'

const api = apiUrl('UrlShortener')
const SCOPES = 'links:read links:write links:admin'
const unique = () => Math.random().toString(36).slice(2, 10)
const { signal } = new AbortController()

setFunctionEnvironment()
// As another environment of the API, which a tenant keeps busy: the engine is too slow for so many requests.
const limit = createLimiter({
  dynamodb: patientDynamoDB(),
  tableName: await tableName('UrlShortener'),
  ...{ now: Date.now, random: Math.random, startTimer },
  budgetMs: LIMIT_BUDGET_MS,
})
/** Whatever is left: a cost that is more than that is denied, and charges nothing. */
async function useUp(tenant: string): Promise<void> {
  for (const cost of [50, 25, 12, 6, 3, 2, 1, 1]) {
    await limit([{ policy: tenantWrites(50), subject: tenant, cost }], signal)
  }
}

async function aTenant() {
  const tenant = `tenant-${unique()}`
  const bearer = await token({ sub: 'user-1', tenant, scope: SCOPES })
  const post = () => call(`${api}/v1/links`, { method: 'POST', token: bearer, body: { url: 'https://example.com/' } })
  return { tenant, bearer, post }
}

interface OpenApi {
  paths: Record<string, Record<string, { security: { token?: string[] }[] }>>
}

/** Every write that asks for a token, as the API's document has it. */
const writes = Object.entries(
  (JSON.parse(readFileSync(join(ROOT, 'docs/api/url-shortener.openapi.json'), 'utf8')) as OpenApi).paths,
).flatMap(([path, operations]) =>
  Object.entries(operations)
    .filter(([method, { security }]) => ['post', 'put', 'patch', 'delete'].includes(method) && security.length > 0)
    .map(([method]) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'missing')] as const),
)

test('there are writes to look at', () => {
  expect(writes.length).toBeGreaterThan(3)
})

test.each(writes)('%s %s tells a tenant of its limit, whatever the answer', async (method, path) => {
  const { bearer } = await aTenant()
  const body = method === 'DELETE' ? {} : { body: {} }
  const { status, headers } = await call(`${api}${path}`, { method, token: bearer, ...body })
  expect([404, 422]).toContain(status)
  expect(headers.get('ratelimit-policy')).toBe('"tenant-writes";q=50;w=1')
  expect(headers.get('ratelimit')).toMatch(/^"tenant-writes";r=49;t=[12]$/)
})

test('reads are not limited', async () => {
  const { bearer } = await aTenant()
  expect((await call(`${api}/v1/links`, { token: bearer })).headers.get('ratelimit')).toBeNull()
})

test('a tenant that used up its second is told when to come again, and another tenant is not hindered', async () => {
  const [busy, calm] = [await aTenant(), await aTenant()]
  const both = async () => {
    await useUp(busy.tenant)
    return Promise.all([busy.post(), calm.post()])
  }
  const [denied, passed] = await until(both, ([{ status }]) => status === 429)
  expect([denied.status, denied.json.code, denied.json['violated-policies']]).toEqual([
    429,
    'rate-limited',
    ['tenant-writes'],
  ])
  expect(denied.headers.get('retry-after')).toMatch(/^[12]$/)
  expect(denied.headers.get('ratelimit')).toMatch(/^"tenant-writes";r=0;t=[12]$/)
  expect(passed.status).toBe(201)
})

test('a denial is not stored for a repeat: the same Idempotency-Key succeeds later', async () => {
  const { tenant, bearer } = await aTenant()
  let key = ''
  const send = () =>
    call(`${api}/v1/links`, {
      method: 'POST',
      token: bearer,
      body: { url: 'https://example.com/' },
      headers: { 'idempotency-key': key },
    })
  const sendInVain = async () => {
    key = `key-${unique()}`
    await useUp(tenant)
    return send()
  }
  const first = await until(sendInVain, ({ status }) => status === 429)
  expect(first.status).toBe(429)
  const later = await until(send, ({ status }) => status !== 429)
  expect([later.status, later.headers.get('idempotent-replayed')]).toEqual([201, null])
})

test('reports of a client are few a minute: then 429, with the same fields', async () => {
  const report = () =>
    call(`${api}/v1/reports`, { method: 'POST', body: { code: 'nolink', reason: 'A test of the limit.' } })
  const answer = await until(report, ({ status }) => status === 429)
  expect([answer.status, answer.json.code]).toEqual([429, 'rate-limited'])
  expect(answer.headers.get('ratelimit-policy')).toBe('"client-reports";q=10;w=60')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
})
