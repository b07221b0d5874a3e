import { minuteOf } from '../../../functions/rate-limiter/domain/denials.ts'
import { listenTo } from '../../support/bus.ts'
import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant, unique } from '../deployed.ts'
import { aMessage } from './denial-world.ts'
import { denialsQueue } from './denials-queue.ts'

const { send, stop } = await denialsQueue()
const bus = await listenTo({ stack: 'RateLimiter', source: 'stackyard.rate-limiter' })
const { tenant, put, check, send: ask } = await aTenant()
const policy = `published-${unique()}`

beforeAll(async () => {
  answered(201, await put(policy, { limit: 10, windowMs: 3_600_000 }))
})
afterAll(async () => {
  stop()
  await bus.stop()
})

const deniedOf = async (subject: string) => {
  const { items } = answered(200, await ask(`GET /v1/policies/${policy}/top`)).json
  expect(items).toContainEqual({ subject, count: expect.any(Number) })
}

test('with IAM enforced, the roles allow recording and publishing limit.neared', async () => {
  // A degraded decision charges nothing, and a record that failed is made again by a later request.
  const subject = await eventually(async () => {
    const next = `nears ${unique()}`
    const { decisions } = answered(200, await check([{ policy, subject: next, cost: 9 }])).json
    expect(decisions).toMatchObject([{ degraded: false }])
    return next
  })
  await eventually(async () => {
    answered(200, await check([{ policy, subject: 'looks', peek: true }]))
    expect(await bus.eventsOf(`${policy}/${subject}`, 1, { deadlineMs: 1000 })).toHaveLength(1)
  })
})

test('with IAM enforced, the roles allow sending and counting denials', async () => {
  // An environment that handed over just now does so with a request that comes ten seconds later.
  await eventually(async () => {
    answered(200, await check([{ policy, subject: 'is denied', cost: 11 }]))
    await deniedOf('is denied')
  })
})

test('with IAM enforced, the roles allow recording and publishing limit.denied and limiter.degraded', async () => {
  const minute = minuteOf(Date.now() - 5 * 60_000)
  await send(aMessage(unique(), [['was denied', 7]], { tenant, policy, minute, degraded: 2 }))
  await eventually(() => deniedOf('was denied'))
  await send({ ended: { tenant, policy, minute } })
  const [denied] = await bus.eventsOf(`${policy}/was denied`, 1)
  const [degraded] = await bus.eventsOf(`${policy}/`, 1)
  expect([denied?.data, degraded?.data]).toMatchObject([{ count: 7 }, { count: 2 }])
})
