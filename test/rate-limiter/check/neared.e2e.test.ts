import { eventDefinitions } from '../../../functions/rate-limiter/events.ts'
import { eventReader } from '../../../functions/shared/events/event-schema.ts'
import { listenTo } from '../../support/bus.ts'
import { answered } from '../../support/http.ts'
import { aTenant, unique } from '../deployed.ts'

const HOURLY = { windowMs: 3_600_000 }
const RUNS = 5
const read = eventReader(...eventDefinitions)
const bus = await listenTo({ stack: 'RateLimiter', source: 'stackyard.rate-limiter' })
afterAll(() => bus.stop())

const acme = await aTenant()

/** A policy of its own, by which subjects are brought near their limit. */
async function aPolicy(fields: object) {
  const policy = `near-${unique()}`
  answered(201, await acme.put(policy, { ...HOURLY, ...fields }))
  const ask = async (subject: string, more: object = {}) =>
    answered(200, await acme.check([{ policy, subject, ...more }])).json
  return { policy, ask }
}

test.each([
  'fixed-window',
  'sliding-window',
  'token-bucket',
])('when 24 callers use up a %s at once, one limit.neared event is published, in each of five runs', async (algorithm) => {
  const { policy, ask } = await aPolicy({ algorithm, limit: 10 })
  const subjects = Array.from({ length: RUNS }, (_, run) => `run:${run}`)
  for (const subject of subjects) await Promise.all(Array.from({ length: 24 }, () => ask(subject)))
  // Whatever else was recorded of them is published before this.
  await ask('last', { cost: 9 })
  await bus.eventsOf(`${policy}/last`, 1)
  for (const subject of subjects) {
    const [event, ...others] = await bus.eventsOf(`${policy}/${subject}`, 1)
    expect(others).toEqual([])
    expect(event).toMatchObject({ type: 'rate-limiter.limit.neared', tenant: acme.tenant, causationId: null })
    const { used, windowStart, windowEnd, ...data } = { ...(event?.data as Record<string, string | number>) }
    expect(data).toEqual({ policy, subject, limit: 10 })
    expect(used).toBeGreaterThanOrEqual(8)
    expect(Date.parse(String(windowEnd)) - Date.parse(String(windowStart))).toBe(3_600_000)
    expect(read({ detail: event })).toEqual(event)
  }
})

test('an override’s limit is the one that is neared, and a parent’s event has the parent’s policy and subject', async () => {
  const org = await aPolicy({ limit: 10 })
  const { policy, ask } = await aPolicy({ limit: 1000, parent: { policy: org.policy, subjectPrefix: 'org:' } })
  answered(201, await acme.send('PUT /v1/overrides', { policy, subject: 'org:7:user:1', limit: 5 }))
  await ask('org:7:user:1', { cost: 4 })
  const [own] = await bus.eventsOf(`${policy}/org:7:user:1`, 1)
  expect(own?.data).toMatchObject({ limit: 5, used: 4 })
  await ask('org:7:user:2', { cost: 4 })
  const [above] = await bus.eventsOf(`${org.policy}/org:7:user`, 1)
  expect(above?.data).toMatchObject({ policy: org.policy, limit: 10, used: 8 })
})

test('a shadow policy, a peek and a denial publish no event', async () => {
  const trial = await aPolicy({ limit: 10, mode: 'shadow' })
  const { policy, ask } = await aPolicy({ limit: 10 })
  await trial.ask('a', { cost: 9 })
  await ask('peeks', { cost: 9, peek: true })
  await ask('asks too much', { cost: 11 })
  await ask('last', { cost: 9 })
  await bus.eventsOf(`${policy}/last`, 1)
  for (const subject of [`${trial.policy}/a`, `${policy}/peeks`, `${policy}/asks too much`]) {
    expect(await bus.eventsOf(subject, 0)).toEqual([])
  }
})
