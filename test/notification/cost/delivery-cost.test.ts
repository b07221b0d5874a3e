import { type DeliveryUse, deliveryCost, deliveryTable } from '../../../tools/cost/notification/delivery-cost.ts'

const ASSUMED = { ownMs: 10, callMs: 5, logBytes: 1000 }

/** A notification that is accepted with two calls and delivered with three, and publishes two events. */
const use: DeliveryUse = {
  channel: 'inapp',
  parts: { Api: { calls: 2, read: 1, write: 10 }, DeliverNormal: { calls: 3, read: 4, write: 6 } },
  events: 2,
  memory: { Api: 1024, DeliverNormal: 1024 },
}

test('a million notifications cost a request, a message of a queue, their units and their events', () => {
  const cost = deliveryCost(use, ASSUMED)
  expect(cost).toMatchObject({ api: 1, events: 2, provider: 0 })
  expect(cost.sqs).toBeCloseTo(3 * 0.4)
  expect(cost.dynamodb).toBeCloseTo(5 * 0.125 + 16 * 0.625)
  // Acceptance, dispatch, delivery, and a publication of each event.
  expect(cost.logs).toBeCloseTo(5 * 0.5)
  expect(cost.lambda).toBeCloseTo(5 * 0.2 + (20 + 25 + 3 * 15) * 1000 * 0.0000133334)
  const { total, ...parts } = cost
  expect(total).toBeCloseTo(Object.values(parts).reduce((sum, each) => sum + each, 0))
})

test('a mail and a push cost what the provider charges, and each worker waits for its provider', () => {
  const [inbox, mail, push] = ['inapp', 'email', 'push'].map((channel) => deliveryCost({ ...use, channel }, ASSUMED))
  expect([mail?.provider, push?.provider]).toEqual([100, 0.5])
  expect((mail?.lambda ?? 0) - (inbox?.lambda ?? 0)).toBeCloseTo(100 * 1000 * 0.0000133334)
})

test('the tables have a row for each channel: its cost, and what was measured', () => {
  const text = deliveryTable([use], ASSUMED)
  expect(text).toMatch(/^\| inapp \| \$1\.00 \| \$10\.63 \| \$1\.20 \|/m)
  expect(text).toMatch(/^\| inapp \| 2 \| 1 \| 10 \| 3 \| 4 \| 6 \| 2 \|/m)
})
