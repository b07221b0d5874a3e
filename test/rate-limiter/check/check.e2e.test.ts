import { parseList } from 'structured-headers'
import { apiUrl, token } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { call } from '../../support/http.ts'
import { aTenant, unique, whereCounted } from '../deployed.ts'

const HOURLY = { limit: 3, windowMs: 3_600_000 }
const acme = await aTenant()

/** @proves rate-limiter/denial-charges-nothing */
test('a check charges its cost; a peek and a denial charge nothing', async () => {
  await acme.put('costs', HOURLY)
  await whereCounted(async (subject) => {
    const ask = async (more: object) => {
      const { json } = await acme.checkCounted([{ policy: 'costs', subject, ...more }])
      return [json.allowed, json.decisions[0].remaining, json.decisions[0].retryAfterMs]
    }
    expect(await ask({ cost: 2 })).toEqual([true, 1, 0])
    expect(await ask({ peek: true })).toEqual([true, 1, 0])
    expect(await ask({ cost: 4 })).toEqual([false, 1, null])
    expect(await ask({ cost: 2 })).toEqual([false, 1, expect.any(Number)])
    expect(await ask({ cost: 1 })).toEqual([true, 0, 0])
  })
})

test('checks of the same policy and subject add up, and a sibling says whether it alone would pass', async () => {
  await acme.put('siblings', HOURLY)
  await whereCounted(async (subject) => {
    const check = { policy: 'siblings', subject, cost: 2 }
    const { json } = await acme.checkCounted([check, check])
    expect([json.allowed, ...json.decisions.map(({ allowed }: { allowed: boolean }) => allowed)]).toEqual([
      false,
      true,
      false,
    ])
    expect(await acme.stateOf(subject, 'siblings')).toMatchObject({ used: 0, remaining: 3 })
  })
})

test('enforce=http tells limits by fields that a parser of RFC 9651 reads, on 200 and on 429', async () => {
  await acme.put('fields', HOURLY)
  // On a busy machine onError may decide: the claim is then repeated for another subject, as after any other failure.
  await eventually(async () => {
    const subject = unique()
    const ask = () => acme.check([{ policy: 'fields', subject, cost: 2 }], '?enforce=http')
    const [passed, denied] = [await ask(), await ask()]
    expect([passed.status, denied.status]).toEqual([200, 429])
    const read = ({ headers }: { headers: Headers }, name: string) =>
      parseList(headers.get(name) ?? '').map(([policy, parameters]) => [policy, Object.fromEntries(parameters)])
    for (const answer of [passed, denied]) {
      expect(read(answer, 'ratelimit-policy')).toEqual([['fields', { q: 3, w: 3600 }]])
      expect(read(answer, 'ratelimit')).toEqual([['fields', { r: 1, t: expect.any(Number) }]])
    }
    expect(denied.json).toMatchObject({ code: 'rate-limited', 'violated-policies': ['fields'] })
    expect(Number(denied.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

test('a refund gives a charge back once, and nothing to another tenant', async () => {
  const other = await aTenant()
  await acme.put('refunds', HOURLY)
  await whereCounted(async (subject) => {
    const { json } = await acme.checkCounted([{ policy: 'refunds', subject, cost: 2 }])
    const { decisionId } = json.decisions[0]
    const refund = async (by = acme) => (await by.send('POST /v1/refund', { decisionId })).json
    expect(await refund(other)).toEqual({ refunded: 0 })
    expect([await refund(), await refund()]).toEqual([{ refunded: 2 }, { refunded: 0 }])
    expect(await acme.stateOf(subject, 'refunds')).toMatchObject({ used: 0 })
  })
  expect((await acme.send('POST /v1/refund', { decisionId: 'forged' })).json).toEqual({ refunded: 0 })
})

test('the policies of two tenants share no counter, whatever their names', async () => {
  const [one, two] = [await aTenant(), await aTenant()]
  for (const { put } of [one, two]) await put('same', { ...HOURLY, limit: 1 })
  await whereCounted(async (subject) => {
    const ask = async ({ checkCounted }: typeof one) => (await checkCounted([{ policy: 'same', subject }])).json.allowed
    expect([await ask(one), await ask(one), await ask(two)]).toEqual([true, false, true])
  })
})

/** @proves rate-limiter/shards-alone */
test('a policy that is not there, one of slots, and shards among others are 422 with the place', async () => {
  await acme.put('sharded', { ...HOURLY, limit: 800, shards: 8 })
  await acme.put('seats', { algorithm: 'concurrency', limit: 1 })
  await acme.put('plain', HOURLY)
  const refusal = async (...policies: string[]) => {
    const { status, json } = await acme.check(policies.map((policy) => ({ policy, subject: 'a' })))
    return [status, json.code, json.errors.map(({ path }: { path: string }) => path)]
  }
  expect(await refusal('plain', `none-${unique()}`)).toEqual([422, 'unknown-policy', ['checks[1].policy']])
  expect(await refusal('seats')).toEqual([422, 'invalid-input', ['checks[0].policy']])
  expect(await refusal('plain', 'sharded')).toEqual([422, 'not-composable', ['checks[1].policy']])
  await whereCounted(async (subject) => {
    const { decisions } = (await acme.checkCounted([{ policy: 'sharded', subject }])).json
    expect(decisions).toMatchObject([{ allowed: true, approximate: true }])
  })
})

/** @proves rate-limiter/trial-denies-nobody */
test('a policy on trial denies nobody, and says whom it would have denied', async () => {
  await acme.put('trial', { ...HOURLY, limit: 1, mode: 'shadow' })
  await whereCounted(async (subject) => {
    const ask = async () => (await acme.checkCounted([{ policy: 'trial', subject }])).json.decisions[0]
    expect([await ask(), await ask()]).toMatchObject([
      { allowed: true, mode: 'shadow', wouldDeny: false },
      { allowed: true, mode: 'shadow', wouldDeny: true },
    ])
  })
})

test('allowed subjects are not counted, denied ones never pass, and after a denial a subject is blocked', async () => {
  await acme.put('patterns', { ...HOURLY, limit: 1, allow: ['vip:*'], deny: ['vip:13', '10.0.0.0/8'], blockMs: 60_000 })
  await whereCounted(async (counted) => {
    const ask = async (subject: string) =>
      (await acme.checkCounted([{ policy: 'patterns', subject }])).json.decisions[0]
    expect([await ask('vip:1'), await ask('vip:1')].map(({ allowed }) => allowed)).toEqual([true, true])
    expect(await ask('vip:13')).toMatchObject({ allowed: false, retryAfterMs: null })
    expect(await ask('10.9.8.7')).toMatchObject({ allowed: false })
    await ask(counted)
    expect((await ask(counted)).allowed).toBe(false)
    expect(await acme.stateOf(counted, 'patterns')).toMatchObject({ remaining: 0 })
  })
})

test('a token that may check may not see or change policies, and vice versa', async () => {
  const api = apiUrl('RateLimiter')
  const [checker, admin] = await Promise.all(
    ['limits:check', 'limits:admin'].map((scope) => token({ sub: 'me', tenant: acme.tenant, scope })),
  )
  const statusOf = async (bearer: string | undefined, route: string, body?: object) => {
    const [method = '', path = ''] = route.split(' ')
    return (await call(`${api}${path}`, { method, ...(bearer && { token: bearer }), ...(body && { body }) })).status
  }
  expect(await statusOf(checker, 'GET /v1/policies')).toBe(403)
  expect(await statusOf(checker, 'GET /v1/policies/costs')).toBe(403)
  expect(await statusOf(checker, 'POST /v1/subjects/reset', { subject: 'a' })).toBe(403)
  expect(await statusOf(admin, 'POST /v1/check', { checks: [{ policy: 'costs', subject: 'a' }] })).toBe(403)
})
