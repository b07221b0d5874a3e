import createClient from 'openapi-fetch'
import type { Decision, Policy, PolicyDefinition, paths } from '../../docs/api/rate-limiter.d.ts'
import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'

// A client that is generated from docs/api alone. `npm run types` checks that the calls below have the right types;
// here the service confirms them.

const bearer = await token({ sub: 'user-1', tenant: newTenant(), scope: 'limits:check limits:admin' })
const client = createClient<paths>({ baseUrl: apiUrl('RateLimiter'), headers: { authorization: `Bearer ${bearer}` } })
const visitor = createClient<paths>({ baseUrl: apiUrl('RateLimiter') })

const HOURLY: PolicyDefinition = { algorithm: 'fixed-window', limit: 5, windowMs: 3_600_000 }
const at = (name: string) => ({ params: { path: { name } } })

async function make(name: string, fields: Partial<PolicyDefinition> = {}): Promise<{ policy: Policy; etag: string }> {
  const { data, error, response } = await client.PUT('/v1/policies/{name}', {
    ...at(name),
    body: { ...HOURLY, ...fields },
  })
  if (!data) throw new Error(`The policy was not made: ${JSON.stringify(error)}`)
  return { policy: data, etag: response.headers.get('etag') ?? '' }
}

async function check(policy: string, subject: string, cost = 1): Promise<Decision | undefined> {
  const { data } = await client.POST('/v1/check', { body: { checks: [{ policy, subject, cost }] } })
  return data?.decisions[0]
}

test('a policy is made, read, changed under If-Match, listed and deleted', async () => {
  const { policy, etag } = await make('writes')
  expect((await client.GET('/v1/policies/{name}', at('writes'))).data).toEqual(policy)

  const change = () =>
    client.PUT('/v1/policies/{name}', {
      params: { path: { name: 'writes' }, header: { 'If-Match': etag } },
      body: { ...HOURLY, limit: 6 },
    })
  expect((await change()).data).toMatchObject({ name: 'writes', limit: 6 })
  const { error, response } = await change()
  expect([response.status, error && 'code' in error && error.code]).toEqual([412, 'precondition-failed'])

  const { data } = await client.GET('/v1/policies', { params: { query: { limit: 2 } } })
  expect(data?.items.map(({ name, limit }) => [name, limit])).toContainEqual(['writes', 6])
  expect((await client.DELETE('/v1/policies/{name}', at('writes'))).response.status).toBe(204)
  const gone = await client.GET('/v1/policies/{name}', at('writes'))
  expect(gone.error).toMatchObject({ status: 404, code: 'not-found' })
})

test('a check charges a subject, whose usage is read, given back and reset', async () => {
  await make('calls')
  let subjects = 0
  // On a busy machine a decision may be degraded, and uncounted: then the claim is made for another subject.
  await eventually(async () => {
    const subject = `user:${++subjects}`
    const usedOf = async () => {
      const { data } = await client.GET('/v1/subjects/state', { params: { query: { subject, policy: 'calls' } } })
      return data?.items.map(({ policy, used, remaining }) => [policy, used, remaining])
    }
    const first = await check('calls', subject, 2)
    expect(first).toMatchObject({ allowed: true, limit: 5, remaining: 3, degraded: false })
    expect(await check('calls', subject, 4)).toMatchObject({ allowed: false, remaining: 3, degraded: false })
    expect(await usedOf()).toEqual([['calls', 2, 3]])
    const refund = await client.POST('/v1/refund', { body: { decisionId: first?.decisionId ?? '' } })
    expect(refund.data).toEqual({ refunded: 2 })
    await check('calls', subject)
    expect(await usedOf()).toEqual([['calls', 1, 4]])
    const reset = await client.POST('/v1/subjects/reset', { body: { subject, policy: 'calls' } })
    expect([reset.response.status, await usedOf()]).toEqual([204, [['calls', 0, 5]]])
  })
})

test('a subject gets a limit of its own, and loses it', async () => {
  await make('own')
  const given = await client.PUT('/v1/overrides', { body: { policy: 'own', subject: 'big', limit: 50 } })
  expect([given.response.status, given.data]).toMatchObject([201, { policy: 'own', subject: 'big', limit: 50 }])
  await eventually(async () => expect(await check('own', 'big')).toMatchObject({ limit: 50 }))
  const query = { policy: 'own', subject: 'big' }
  expect((await client.DELETE('/v1/overrides', { params: { query } })).response.status).toBe(204)
  expect((await client.DELETE('/v1/overrides', { params: { query } })).response.status).toBe(404)
})

test('a slot is taken, held and released', async () => {
  const body = { algorithm: 'concurrency', limit: 1 } as const
  const { response: made } = await client.PUT('/v1/policies/{name}', { ...at('seats'), body })
  expect(made.status).toBe(201)
  const take = (subject: string) => client.POST('/v1/slots', { body: { policy: 'seats', subject, ttlMs: 60_000 } })
  let subjects = 0
  // As above: a slot may be denied because its decision took too long.
  const { subject, data } = await eventually(async () => {
    const next = `room:${++subjects}`
    const taken = await take(next)
    expect(taken.response.status).toBe(201)
    return { subject: next, data: taken.data }
  })
  const slot = { params: { path: { id: data?.slotId ?? '' } } }
  expect((await take(subject)).error).toMatchObject({ status: 429 })
  const held = await client.PUT('/v1/slots/{id}', slot)
  expect(Date.parse(held.data?.expiresAt ?? '')).toBeGreaterThanOrEqual(Date.parse(data?.expiresAt ?? ''))
  expect((await client.DELETE('/v1/slots/{id}', slot)).response.status).toBe(204)
})

test('the service refuses what the types refuse', async () => {
  const answers = await Promise.all([
    // @ts-expect-error: a policy needs a limit
    client.PUT('/v1/policies/{name}', { ...at('none'), body: { algorithm: 'fixed-window', windowMs: 60_000 } }),
    // @ts-expect-error: a check needs a subject
    client.POST('/v1/check', { body: { checks: [{ policy: 'writes' }] } }),
    // @ts-expect-error: there is no such path
    client.GET('/v1/nothing'),
  ])
  expect(answers.map(({ response }) => response.status)).toEqual([422, 422, 404])
})

test('the service reports that it is healthy', async () => {
  const { data } = await visitor.GET('/health')
  expect(data).toMatchObject({ status: 'ok' })
})
