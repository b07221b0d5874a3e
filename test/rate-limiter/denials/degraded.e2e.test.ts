import { minuteOf } from '../../../functions/rate-limiter/domain/denials.ts'
import { eventDefinitions } from '../../../functions/rate-limiter/events.ts'
import { eventReader } from '../../../functions/shared/events/event-schema.ts'
import { listenTo } from '../../support/bus.ts'
import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { withinOne } from '../../support/undisturbed.ts'
import { checkEnvironment } from '../check-environment.ts'
import { aTenant, unique, withinOneHour } from '../deployed.ts'
import { denialsQueue } from './denials-queue.ts'

// The writes of counters fail. One counter: no answer within the budget. Several: the table is down.
const HOURLY = { windowMs: 3_600_000 }
const BUDGET_MS = 500
const ask = await checkEnvironment({
  faults: [
    { operation: 'dynamodb.UpdateItem', rate: 1, latencyMs: 10 * BUDGET_MS },
    { operation: 'dynamodb.BatchGetItem', rate: 1, error: 'server' },
  ],
  budgetMs: BUDGET_MS,
})

const read = eventReader(...eventDefinitions)
const { send, stop } = await denialsQueue()
const bus = await listenTo({ stack: 'RateLimiter', source: 'stackyard.rate-limiter' })

afterAll(async () => {
  stop()
  await bus.stop()
})

const { tenant, put, stateOf } = await aTenant()
const named = (onError: string) => `${onError}-${unique()}`

/** Makes a policy of its own for each way to decide. */
async function threePolicies() {
  const [open, closed, local] = [named('open'), named('closed'), named('local')]
  answered(201, await put(open, { ...HOURLY, limit: 50, onError: 'open' }))
  answered(201, await put(closed, { ...HOURLY, limit: 50, onError: 'closed' }))
  answered(201, await put(local, { ...HOURLY, limit: 50, onError: 'local' }))
  return { open, closed, local }
}

/** Asks the environment whose table is down. */
async function check(...policies: string[]) {
  const { status, json } = await ask(
    tenant,
    policies.map((policy) => ({ policy, subject: 'a' })),
  )
  expect(status).toBe(200)
  const { allowed, decisions } = json
  for (const each of decisions) expect(each).toMatchObject({ degraded: true, source: 'fallback' })
  return { allowed, decisions: decisions.map((each: { allowed: boolean }) => each.allowed) }
}

const passes = { allowed: true, decisions: [true] }
const fails = { allowed: false, decisions: [false] }

/** @proves rate-limiter/one-report */
test('fallback decisions of a policy are published as one limiter.degraded event a minute, with their number', async () => {
  const currentMinute = () => minuteOf(Date.now())
  const { open, closed, local, minute } = await withinOne(currentMinute, async () => {
    const policies = await threePolicies()
    const answer = await check(policies.open, policies.closed, policies.local)
    expect(answer).toEqual({ allowed: false, decisions: [true, false, true] })
    return { ...policies, minute: currentMinute() }
  })
  const other = named('other')
  answered(201, await put(other, { ...HOURLY, limit: 1, onError: 'open' }))
  for (const policy of [open, closed, local]) {
    const [event] = await eventually(async () => {
      // An environment that handed over just now does so with a request that comes ten seconds later.
      await check(other)
      // The reminder comes when the minute is over: this test doesn't wait for it.
      await send({ ended: { tenant, policy, minute } })
      return bus.eventsOf(`${policy}/`, 1, { deadlineMs: 1000 })
    })
    expect(event).toMatchObject({ type: 'rate-limiter.limiter.degraded', tenant, subject: `${policy}/` })
    expect(event?.data).toEqual({ policy, minute: new Date(minute).toISOString(), count: 1 })
    expect(read({ detail: event })).toEqual(event)
  }
  const last = named('last')
  await send({ ended: { tenant, policy: open, minute } })
  answered(201, await put(last, { ...HOURLY, limit: 1 }))
  await bus.eventsOf(last, 1)
  expect(await bus.eventsOf(`${open}/`, 1)).toHaveLength(1)
})

/** @proves rate-limiter/on-error-decides */
test('after the budget an open policy allows, a closed one denies, and a local one allows a tenth of its limit', async () => {
  await withinOneHour(async () => {
    const { open, closed, local } = await threePolicies()
    expect([await check(open), await check(closed)]).toEqual([passes, fails])
    const locals = []
    for (let asked = 0; asked < 7; asked++) locals.push((await check(local)).allowed)
    expect(locals).toEqual([...Array(5).fill(true), false, false])
  })
})

/** @proves rate-limiter/on-error-decides */
test('among several checks closed beats local, and local beats open', async () => {
  await withinOneHour(async () => {
    const { open, closed } = await threePolicies()
    const fresh = named('local')
    answered(201, await put(fresh, { ...HOURLY, limit: 10, onError: 'local' }))
    expect(await check(open, fresh)).toMatchObject({ allowed: true })
    expect(await check(open, fresh)).toEqual({ allowed: false, decisions: [true, false] })
    expect(await check(closed, fresh, open)).toEqual({ allowed: false, decisions: [false, false, true] })
  })
})

test('a fallback decision whose write did not reach the table has charged nothing', async () => {
  const { open, closed } = await threePolicies()
  await check(open, closed)
  expect(await stateOf('a', closed)).toMatchObject({ used: 0 })
})
