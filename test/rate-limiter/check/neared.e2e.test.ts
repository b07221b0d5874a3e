import { eventDefinitions } from '../../../functions/rate-limiter/events.ts'
import { eventReader } from '../../../functions/shared/events/event-schema.ts'
import { listenTo } from '../../support/bus.ts'
import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant, currentHour, unique } from '../deployed.ts'

const HOUR_MS = 3_600_000
const RUNS = 5
const CALLERS = 24
const read = eventReader(...eventDefinitions)
const bus = await listenTo({ stack: 'RateLimiter', source: 'stackyard.rate-limiter' })
afterAll(() => bus.stop())

const acme = await aTenant()

/** A policy of its own, whose `ask` fails where a busy machine made a decision degraded: that one may be uncounted. */
async function aPolicy(fields: object) {
  const policy = `near-${unique()}`
  answered(201, await acme.put(policy, { windowMs: HOUR_MS, ...fields }))
  const ask = async (subject: string, more: object = {}) => {
    const { decisions } = answered(200, await acme.check([{ policy, subject, ...more }])).json
    expect(decisions).toMatchObject([{ degraded: false }])
  }
  /** The events of a subject. A write that failed is made again by a later request, so there are some. */
  const eventsOf = (subject: string) =>
    eventually(async () => {
      await ask('looks', { peek: true })
      return bus.eventsOf(`${policy}/${subject}`, 1, { deadlineMs: 1000 })
    })
  /** Waits for a later event: all that were recorded before it are published. */
  const publishAll = async () => {
    const last = await eventually(async () => {
      const subject = unique()
      await ask(subject, { cost: 8 })
      return subject
    })
    await eventsOf(last)
  }
  return { policy, ask, eventsOf, publishAll }
}

/** @proves rate-limiter/one-report */
test.each([
  'fixed-window',
  'sliding-window',
  'token-bucket',
])('when 24 callers use up a %s at once, one limit.neared event is published, in each of five runs', async (algorithm) => {
  const { policy, ask, eventsOf, publishAll } = await aPolicy({ algorithm, limit: 10 })
  const subjects: string[] = []
  while (subjects.length < RUNS) {
    const subject = `run:${subjects.length}:${unique()}`
    const hour = currentHour()
    const answers = await Promise.allSettled(Array.from({ length: CALLERS }, () => ask(subject)))
    // Another hour is another window, which is neared again.
    const isOneWindow = currentHour() === hour
    if (isOneWindow && answers.every(({ status }) => status === 'fulfilled')) subjects.push(subject)
  }
  await publishAll()
  for (const subject of subjects) {
    const [event, ...others] = await eventsOf(subject)
    expect(others).toEqual([])
    expect(event).toMatchObject({ type: 'rate-limiter.limit.neared', tenant: acme.tenant, causationId: null })
    const { used, windowStart, windowEnd, ...data } = { ...(event?.data as Record<string, string | number>) }
    expect(data).toEqual({ policy, subject, limit: 10 })
    expect(used).toBeGreaterThanOrEqual(8)
    expect(Date.parse(String(windowEnd)) - Date.parse(String(windowStart))).toBe(HOUR_MS)
    expect(read({ detail: event })).toEqual(event)
  }
})

test('an override’s limit is the one that is neared, and a parent’s event has the parent’s policy and subject', async () => {
  await eventually(async () => {
    const org = await aPolicy({ limit: 10 })
    const { policy, ask, eventsOf } = await aPolicy({
      limit: 1000,
      parent: { policy: org.policy, subjectPrefix: 'org:' },
    })
    answered(201, await acme.send('PUT /v1/overrides', { policy, subject: 'org:7:user:1', limit: 5 }))
    await ask('org:7:user:1', { cost: 4 })
    const [own] = await eventsOf('org:7:user:1')
    expect(own?.data).toMatchObject({ limit: 5, used: 4 })
    await ask('org:7:user:2', { cost: 4 })
    const [above] = await org.eventsOf('org:7:user')
    expect(above?.data).toMatchObject({ policy: org.policy, limit: 10, used: 8 })
  })
})

test('a shadow policy, a peek and a denial publish no event', async () => {
  const [shadow, enforced] = [await aPolicy({ limit: 10, mode: 'shadow' }), await aPolicy({ limit: 10 })]
  await eventually(() => shadow.ask('a', { cost: 9 }))
  await eventually(() => enforced.ask('peeks', { cost: 9, peek: true }))
  await eventually(() => enforced.ask('asks too much', { cost: 11 }))
  await enforced.publishAll()
  const { policy } = enforced
  for (const subject of [`${shadow.policy}/a`, `${policy}/peeks`, `${policy}/asks too much`]) {
    expect(await bus.eventsOf(subject, 0)).toEqual([])
  }
})
