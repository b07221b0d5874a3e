import { listenTo } from '../../support/bus.ts'
import { answered } from '../../support/http.ts'
import { aTenant, unique } from '../deployed.ts'

const bus = await listenTo({ stack: 'RateLimiter', source: 'stackyard.rate-limiter' })
afterAll(() => bus.stop())

test('each change of a policy is published once, with what was before and after, in its order', async () => {
  const { tenant, put, send } = await aTenant()
  const name = `published-${unique()}`
  const fields = { limit: 3, windowMs: 60_000 }
  await put(name, fields)
  await put(name, fields)
  await put(name, { ...fields, limit: 4 })
  // It counts as a change of no policy.
  answered(201, await send('PUT /v1/overrides', { policy: name, subject: 'a', limit: 9 }))
  answered(204, await send(`DELETE /v1/policies/${name}`))
  const events = await bus.eventsOf(name, 3)
  const [three, four] = [3, 4].map((limit) => expect.objectContaining({ algorithm: 'fixed-window', ...fields, limit }))
  expect(events).toMatchObject([
    { type: 'rate-limiter.policy.changed', tenant, sequence: 1, data: { name, before: null, after: three } },
    { tenant, sequence: 2, data: { name, before: three, after: four } },
    { tenant, sequence: 3, data: { name, before: four, after: null } },
  ])
})
