import { createLimiterClient } from '../../../clients/limiter/src/limiter-client.ts'
import { parseRateLimit } from '../../../clients/limiter/src/rate-limit-fields.ts'
import { aTenant, requireCounted, unique, whereCounted } from '../../rate-limiter/deployed.ts'
import { apiUrl, token } from '../../support/cloud.ts'
import { Disturbed, eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { undisturbed } from '../../support/undisturbed.ts'

const acme = await aTenant()
const limiter = createLimiterClient({
  url: apiUrl('RateLimiter'),
  token: () => token({ sub: 'user-1', tenant: acme.tenant, scope: 'limits:check' }),
  onUnavailable: 'closed',
  // A function of the local cloud may start first.
  timeoutMs: 30_000,
})

/** Asks for a decision that the table made. */
async function decide(policy: string, subject: string) {
  const result = await limiter.check([{ policy, subject }])
  if (result.outcome !== 'decided') throw result.error
  requireCounted(result.decisions)
  return result
}

beforeAll(async () => {
  answered(201, await acme.put('once', { limit: 1, calendar: 'month' }))
  answered(201, await acme.put('seats', { algorithm: 'concurrency', limit: 1 }))
})

test('a check is charged, then denied, and passes again after its refund', async () => {
  await whereCounted(async (subject) => {
    const first = await decide('once', subject)
    expect(first).toMatchObject({ allowed: true, retryAfterMs: 0, decisions: [{ policy: 'once', remaining: 0 }] })
    expect(await decide('once', subject)).toMatchObject({ outcome: 'decided', allowed: false })
    expect(await limiter.refund(first.decisions[0]?.decisionId ?? '')).toBe(1)
    expect(await limiter.refund(first.decisions[0]?.decisionId ?? '')).toBe(0)
    // An environment remembers a denial for a second.
    await eventually(async () => expect(await decide('once', subject)).toMatchObject({ allowed: true }))
  })
})

test('a policy that does not exist is thrown with its code and its place', async () => {
  await expect(limiter.check([{ policy: 'none', subject: 'a' }])).rejects.toMatchObject({
    code: 'unknown-policy',
    httpStatus: 422,
    errors: [{ path: 'checks[0].policy' }],
  })
})

test('work holds the only slot beyond its life, nobody else gets it meanwhile, and it is free afterwards', async () => {
  // A busy machine may deny a slot, or let a heartbeat come too late: then another one is held, and for longer.
  const request = await undisturbed(
    async (triesBefore) => {
      const own = { policy: 'seats', subject: unique(), ttlMs: 6000 * 2 ** triesBefore }
      const others: string[] = []
      const held = await limiter.withSlot(own, async (signal) => {
        const until = performance.now() + 1.5 * own.ttlMs
        await eventually(
          async () => {
            if (signal.aborted) throw new Disturbed('The slot is lost.')
            const { outcome } = await limiter.acquire(own)
            others.push(outcome)
            expect(performance.now()).toBeGreaterThan(until)
          },
          { deadlineMs: 3 * own.ttlMs },
        )
        return signal.aborted
      })
      if (held.outcome !== 'done' || held.value) throw new Disturbed(`No slot was held: ${JSON.stringify(held)}.`)
      expect(new Set(others)).toEqual(new Set(['denied']))
      return own
    },
    { maxTries: 4 },
  )
  await eventually(async () =>
    expect(await limiter.withSlot(request, async () => 'worked')).toEqual({ outcome: 'done', value: 'worked' }),
  )
})

test('a slot that was given back is lost', async () => {
  const slot = await eventually(async () => {
    const result = await limiter.acquire({ policy: 'seats', subject: unique(), ttlMs: 600_000 })
    if (result.outcome !== 'acquired') throw new Error(`The slot was ${result.outcome}.`)
    return result
  })
  expect(await limiter.heartbeat(slot.slotId)).toMatchObject({ outcome: 'held' })
  expect(await limiter.release(slot.slotId)).toEqual({ outcome: 'released' })
  expect(await limiter.heartbeat(slot.slotId)).toEqual({ outcome: 'lost' })
})

test('the fields of enforce=http are read', async () => {
  answered(201, await acme.put('minute', { limit: 5, windowMs: 60_000 }))
  // A 429 means that a busy machine took too long: the subject is a new one each time.
  const { headers } = await eventually(async () =>
    answered(200, await acme.check([{ policy: 'minute', subject: unique() }], '?enforce=http')),
  )
  expect(parseRateLimit(headers)).toMatchObject({
    policies: [{ name: 'minute', quota: 5, windowSeconds: 60, unit: 'requests' }],
    limits: [{ name: 'minute', remaining: 4, resetSeconds: expect.any(Number) }],
  })
})
