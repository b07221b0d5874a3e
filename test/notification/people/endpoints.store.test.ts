import { MAX_ENDPOINTS } from '../../../functions/notification/people/put-endpoint.ts'
import { createReadEndpoint } from '../../../functions/notification/store/endpoints.ts'
import { createEndpointHealth } from '../../../functions/notification/store/webhook-health.ts'
import { manageApi } from '../manage-api.ts'

const { call, store, table, tenant } = await manageApi()
const { signal } = new AbortController()
const readEndpoint = (endpointId: string) => createReadEndpoint(table)({ tenant, endpointId }, signal)

const MAIL = { channel: 'email', address: 'ann@example.com', enabled: true }
const HOOK = { channel: 'webhook', address: 'https://example.com/hook', enabled: true }

test('an endpoint is made, replaced, listed and deleted', async () => {
  const made = await call('PUT /v1/users/ann/endpoints/mail', { body: MAIL })
  expect([made.status, made.json]).toEqual([
    201,
    { id: 'mail', ...MAIL, disabledReason: null, version: expect.any(String), updatedAt: expect.any(String) },
  ])
  const body = { ...made.json, enabled: false }
  const changed = await call('PUT /v1/users/ann/endpoints/mail', { body })
  expect([changed.status, changed.json.enabled]).toEqual([200, false])
  const again = await call('PUT /v1/users/ann/endpoints/mail', { body: { ...MAIL, enabled: false } })
  expect(again.headers.etag).toBe(changed.headers.etag)
  expect((await call('GET /v1/users/ann/endpoints')).json).toEqual({ items: [changed.json], nextCursor: null })
  expect((await store.readPerson({ tenant, userId: 'ann' }, signal))?.endpoints).toMatchObject([{ id: 'mail' }])
  expect(await readEndpoint('mail')).toMatchObject({ userId: 'ann', address: 'ann@example.com' })
  expect((await call('DELETE /v1/users/ann/endpoints/mail')).status).toBe(204)
  expect((await call('DELETE /v1/users/ann/endpoints/mail')).json.code).toBe('not-found')
  expect(await readEndpoint('mail')).toBeUndefined()
})

test('a webhook’s secret is told when it is new, and never again', async () => {
  const made = await call('PUT /v1/users/ann/endpoints/hook', { body: HOOK })
  expect(made.json.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const kept = await call('PUT /v1/users/ann/endpoints/hook', { body: { ...HOOK, enabled: false } })
  expect(kept.json).not.toHaveProperty('secret')
  expect(await readEndpoint('hook')).toMatchObject({ secrets: [{ secret: made.json.secret, until: null }] })
  const given = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  expect((await call('PUT /v1/users/ann/endpoints/hook', { body: { ...HOOK, secret: given } })).json.secret).toBe(given)
  expect(await readEndpoint('hook')).toMatchObject({ secrets: [{ secret: given, until: null }] })
  expect(JSON.stringify((await call('GET /v1/users/ann/endpoints')).json)).not.toContain('whsec_')
})

test('failures of an address don’t count against the next one of the endpoint', async () => {
  const health = createEndpointHealth(table)
  const failing = { tenant, endpointId: 'failing' }
  const failingSince = () => health.readFailingSince(failing, signal)
  await call('PUT /v1/users/ann/endpoints/failing', { body: HOOK })
  await health.recordFailure(failing, 1000, signal)
  await call('PUT /v1/users/ann/endpoints/failing', { body: { ...HOOK, enabled: false } })
  expect(await failingSince()).toBe(1000)
  await call('PUT /v1/users/ann/endpoints/failing', { body: { ...HOOK, address: 'https://example.com/new' } })
  expect(await failingSince()).toBeNull()
  await health.recordFailure(failing, 2000, signal)
  await call('DELETE /v1/users/ann/endpoints/failing')
  expect(await failingSince()).toBeNull()
})

test.each([
  ['a secret of 31 bytes', { ...HOOK, secret: `whsec_${Buffer.alloc(31).toString('base64')}` }, 'secret'],
  ['a secret of a mailbox', { ...MAIL, secret: `whsec_${Buffer.alloc(32).toString('base64')}` }, 'secret'],
  ['a mailbox that is none', { ...MAIL, address: 'ann' }, 'address'],
  ['an inbox', { channel: 'inapp', address: 'ann', enabled: true }, 'channel'],
  ['another id than the path', { ...MAIL, id: 'other' }, 'id'],
])('%s is 422', async (_, body, path) => {
  const { status, json } = await call('PUT /v1/users/ann/endpoints/bad', { body })
  expect([status, json.errors[0].path]).toEqual([422, path])
})

test('an id belongs to one user of the tenant', async () => {
  await call('PUT /v1/users/ann/endpoints/shared', { body: MAIL })
  const taken = await call('PUT /v1/users/bob/endpoints/shared', { body: MAIL })
  expect([taken.status, taken.json.code]).toEqual([409, 'endpoint-taken'])
  expect((await call('DELETE /v1/users/bob/endpoints/shared')).status).toBe(404)
  const claims = { tenant: `${tenant}-other` }
  expect((await call('PUT /v1/users/bob/endpoints/shared', { body: MAIL, claims })).status).toBe(201)
})

test('of two users who ask for one id at once, one gets it', async () => {
  const answers = await Promise.all(
    ['una', 'ulf'].map((user) => call(`PUT /v1/users/${user}/endpoints/wanted`, { body: MAIL })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
})

test('a user has as many endpoints as are allowed, also when some are deleted', async () => {
  const put = (number: number) => call(`PUT /v1/users/max/endpoints/max-${number}`, { body: MAIL })
  for (let number = 0; number < MAX_ENDPOINTS; number += 1) expect((await put(number)).status).toBe(201)
  expect((await put(MAX_ENDPOINTS)).json.code).toBe('too-many-endpoints')
  expect((await put(0)).status).toBe(200)
  await call('DELETE /v1/users/max/endpoints/max-7')
  expect((await put(MAX_ENDPOINTS)).status).toBe(201)
  const first = await call('GET /v1/users/max/endpoints', { query: 'limit=30' })
  const second = await call('GET /v1/users/max/endpoints', { query: `limit=30&cursor=${first.json.nextCursor}` })
  expect([first.json.items.length, second.json.items.length, second.json.nextCursor]).toEqual([30, 20, null])
})
