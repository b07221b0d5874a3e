import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tenantWrites } from '../../functions/shared/rate-limit/http/tenant-writes.ts'
import { createLimiter } from '../../functions/shared/rate-limit/limiter.ts'
import { startTimer } from '../../functions/shared/resilience/timer.ts'
import { LIMIT_BUDGET_MS } from '../../functions/url-shortener/limits.ts'
import { ROOT } from '../../tools/support/settings.ts'
import { apiUrl, patientDynamoDB, setFunctionEnvironment, tableName } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered, call } from '../support/http.ts'
import { aClient } from './a-client.ts'

const api = apiUrl('UrlShortener')
const { signal } = new AbortController()

setFunctionEnvironment()
// Uses up the limit as a busy environment of the API would: the engine is too slow for so many requests.
const limit = createLimiter({
  client: patientDynamoDB(),
  tableName: await tableName('UrlShortener'),
  ...{ now: Date.now, random: Math.random, startTimer },
  budgetMs: LIMIT_BUDGET_MS,
})
/** Charges all that is left, by descending costs: one that exceeds the rest is denied, and charges nothing. */
async function useUp(tenant: string): Promise<void> {
  for (const cost of [50, 25, 12, 6, 3, 2, 1, 1]) {
    await limit([{ policy: tenantWrites(50), subject: tenant, cost }], signal)
  }
}

interface OpenApi {
  paths: Record<string, Record<string, { security: { token?: string[] }[] }>>
}

/** Every write of the API's document that requires a token. */
const writes = Object.entries(
  (JSON.parse(readFileSync(join(ROOT, 'docs/api/url-shortener.openapi.json'), 'utf8')) as OpenApi).paths,
).flatMap(([path, operations]) =>
  Object.entries(operations)
    .filter(([method, { security }]) => ['post', 'put', 'patch', 'delete'].includes(method) && security.length > 0)
    .map(([method]) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'missing')] as const),
)

test('the API has writes', () => {
  expect(writes.length).toBeGreaterThan(3)
})

test.each(writes)('%s %s reports a tenant’s limit, whatever the status', async (method, path) => {
  const body = method === 'DELETE' ? {} : { body: {} }
  // A write passes uncounted if the table takes longer than a decision may.
  await eventually(async () => {
    const { send } = await aClient()
    const { status, headers } = await send(path, { method, ...body })
    expect([202, 404, 422]).toContain(status)
    expect(headers.get('ratelimit-policy')).toBe('"tenant-writes";q=50;w=1')
    expect(headers.get('ratelimit')).toMatch(/^"tenant-writes";r=49;t=[12]$/)
  })
})

test('reads are not limited', async () => {
  const { send } = await aClient()
  expect(answered(200, await send('/v1/links')).headers.get('ratelimit')).toBeNull()
})

test('a tenant that used up its limit learns when to retry, and another tenant is not affected', async () => {
  const [busy, calm] = [await aClient(), await aClient()]
  const [denied, passed] = await eventually(async () => {
    await useUp(busy.tenant)
    const [first, second] = await Promise.all([busy.post(), calm.post()])
    return [answered(429, first), second]
  })
  expect([denied?.json.code, denied?.json['violated-policies']]).toEqual(['rate-limited', ['tenant-writes']])
  expect(denied?.headers.get('retry-after')).toMatch(/^[12]$/)
  expect(denied?.headers.get('ratelimit')).toMatch(/^"tenant-writes";r=0;t=[12]$/)
  expect(passed?.status).toBe(201)
})

test('a denial is not stored for a repeat: the same Idempotency-Key succeeds later', async () => {
  const { tenant, post } = await aClient()
  const headers = await eventually(async () => {
    const key = { 'idempotency-key': randomUUID() }
    await useUp(tenant)
    answered(429, await post({}, key))
    return key
  })
  const later = await eventually(async () => answered(201, await post({}, headers)))
  expect(later.headers.get('idempotent-replayed')).toBeNull()
})

test('a client that exceeds its reports per minute gets 429, with the same fields', async () => {
  const body = { code: 'nolink', reason: 'A test of the limit.' }
  const { json, headers } = await eventually(async () =>
    answered(429, await call(`${api}/v1/reports`, { method: 'POST', body })),
  )
  expect(json.code).toBe('rate-limited')
  expect(headers.get('ratelimit-policy')).toBe('"client-reports";q=10;w=60')
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
})
