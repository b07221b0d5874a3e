import { listenTo } from '../../support/bus.ts'
import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant, unique } from '../deployed.ts'
import { aMessage } from './denial-world.ts'
import { denialsQueue } from './denials-queue.ts'

const { send, stop } = await denialsQueue()
const bus = await listenTo({ stack: 'RateLimiter', source: 'stackyard.rate-limiter' })
afterAll(async () => {
  await bus.stop()
  stop()
})

/** @proves rate-limiter/one-report */
test('a minute’s denials are published once for a subject, however often messages about them come', async () => {
  const { tenant, put, send: ask } = await aTenant()
  const policy = `published-${unique()}`
  answered(201, await put(policy, { limit: 1, windowMs: 60_000 }))
  // It is over, but a reminder comes a minute after the first message: this test doesn't wait for it.
  const minute = `${new Date(Date.now() - 5 * 60_000).toISOString().slice(0, 16)}Z`
  const ended = { ended: { tenant, policy, minute } }
  const counted = (items: object[]) =>
    eventually(async () => expect(answered(200, await ask(`GET /v1/policies/${policy}/top`)).json.items).toEqual(items))

  const first = aMessage(unique(), [['user:1', 7]], { tenant, policy, minute })
  for (let times = 0; times < 3; times++) await send(first)
  await counted([{ subject: 'user:1', count: 7 }])
  await send(ended)
  const [event] = await bus.eventsOf(`${policy}/user:1`, 1)
  expect(event).toMatchObject({
    type: 'rate-limiter.limit.denied',
    tenant,
    data: { policy, subject: 'user:1', minute: new Date(minute).toISOString(), count: 7 },
  })

  const more: [string, number][] = [
    ['user:1', 1],
    ['user:2', 1],
  ]
  await send(aMessage(unique(), more, { tenant, policy, minute }))
  await counted([
    { subject: 'user:1', count: 8 },
    { subject: 'user:2', count: 1 },
  ])
  await send(ended)
  expect(await bus.eventsOf(`${policy}/user:2`, 1)).toHaveLength(1)
  expect(await bus.eventsOf(`${policy}/user:1`, 1)).toEqual([event])
})
