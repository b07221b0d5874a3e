import { createLimiterClient } from '../../../clients/limiter/src/limiter-client.ts'
import { parseRateLimit } from '../../../clients/limiter/src/rate-limit-fields.ts'
import { aTenant } from '../../rate-limiter/deployed.ts'
import { apiUrl, token } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'

const acme = await aTenant()
const limiter = createLimiterClient({
  url: apiUrl('RateLimiter'),
  token: () => token({ sub: 'user-1', tenant: acme.tenant, scope: 'limits:check' }),
  onUnavailable: 'closed',
  // A function of the local cloud may start first.
  timeoutMs: 30_000,
})
const once = [{ policy: 'once', subject: 'a' }]

beforeAll(async () => {
  answered(201, await acme.put('once', { limit: 1, calendar: 'month' }))
  answered(201, await acme.put('seats', { algorithm: 'concurrency', limit: 1 }))
})

test('a check is charged, then denied, and passes again after its refund', async () => {
  const first = await limiter.check(once)
  if (first.outcome !== 'decided') throw first.error
  expect(first).toMatchObject({ allowed: true, retryAfterMs: 0, decisions: [{ policy: 'once', remaining: 0 }] })
  expect(await limiter.check(once)).toMatchObject({ outcome: 'decided', allowed: false })
  expect(await limiter.refund(first.decisions[0]?.decisionId ?? '')).toBe(1)
  expect(await limiter.refund(first.decisions[0]?.decisionId ?? '')).toBe(0)
  // An environment remembers a denial for a second.
  await eventually(async () => expect(await limiter.check(once)).toMatchObject({ allowed: true }))
})

test('a policy that does not exist is thrown with its code and its place', async () => {
  await expect(limiter.check([{ policy: 'none', subject: 'a' }])).rejects.toMatchObject({
    code: 'unknown-policy',
    httpStatus: 422,
    errors: [{ path: 'checks[0].policy' }],
  })
})

test('work holds the only slot beyond its life, nobody else gets it meanwhile, and it is free afterwards', async () => {
  const request = { policy: 'seats', subject: 'acme', ttlMs: 3000 }
  const others: string[] = []
  const held = await limiter.withSlot(request, async (signal) => {
    const until = performance.now() + 1.5 * request.ttlMs
    await eventually(async () => {
      const { outcome } = await limiter.acquire(request)
      others.push(outcome)
      expect(performance.now()).toBeGreaterThan(until)
    })
    return signal.aborted
  })
  expect(held).toEqual({ outcome: 'done', value: false })
  expect(new Set(others)).toEqual(new Set(['denied']))
  expect(await limiter.withSlot(request, async () => 'worked')).toEqual({ outcome: 'done', value: 'worked' })
})

test('a slot that was given back is lost', async () => {
  const slot = await limiter.acquire({ policy: 'seats', subject: 'b', ttlMs: 60_000 })
  if (slot.outcome !== 'acquired') throw new Error(`The slot was ${slot.outcome}.`)
  expect(await limiter.heartbeat(slot.slotId)).toMatchObject({ outcome: 'held' })
  expect(await limiter.release(slot.slotId)).toEqual({ outcome: 'released' })
  expect(await limiter.heartbeat(slot.slotId)).toEqual({ outcome: 'lost' })
})

test('the fields of enforce=http are read', async () => {
  answered(201, await acme.put('minute', { limit: 5, windowMs: 60_000 }))
  const { headers } = answered(200, await acme.check([{ policy: 'minute', subject: 'a' }], '?enforce=http'))
  expect(parseRateLimit(headers)).toMatchObject({
    policies: [{ name: 'minute', quota: 5, windowSeconds: 60, unit: 'requests' }],
    limits: [{ name: 'minute', remaining: 4, resetSeconds: expect.any(Number) }],
  })
})
