import * as z from 'zod/mini'
import { eventContent } from '../../../functions/shared/events/event-content.ts'
import { defineEvent } from '../../../functions/shared/events/event-schema.ts'

const placed = defineEvent({
  type: 'shop.order.placed',
  schemaVersion: 2,
  data: z.object({ order: z.string(), total: z.number() }),
})
const subjectOf = ({ order }: { order: string }) => order

test('the content is what the schema of the event’s data names, and no more of the item', () => {
  const given = { order: 'order-1', total: 3, secret: 'x' }
  expect(eventContent(placed, { tenant: 'acme', given, subjectOf })).toStrictEqual({
    schemaVersion: 2,
    tenant: 'acme',
    subject: 'order-1',
    data: { order: 'order-1', total: 3 },
  })
})

test.each<[string | undefined, object, string]>([
  ['acme', { order: 'order-1' }, 'total'],
  ['acme', {}, 'order, total'],
  ['', { order: 'order-1', total: 3 }, 'tenant'],
  [undefined, { order: 'order-1', total: 3 }, 'tenant'],
  ['acme', { order: '', total: 3 }, 'subject'],
])('an item of the tenant %j with %j is no event: it lacks %s', (tenant, given, fields) => {
  const build = () => eventContent(placed, { tenant, given, subjectOf })
  expect(build).toThrow(`The item lacks fields of shop.order.placed: ${fields}`)
})

test('an item whose subject is missing is no event', () => {
  const given = { order: 'order-1', total: 3 }
  const build = () => eventContent(placed, { tenant: 'acme', given, subjectOf: () => undefined })
  expect(build).toThrow('The item lacks fields of shop.order.placed: subject')
})
