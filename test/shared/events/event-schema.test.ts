import * as z from 'zod/mini'
import { defineEvent, eventReader } from '../../../functions/shared/events/event-schema.ts'
import { anEvent } from './an-event.ts'

const orderPlaced = defineEvent({ type: 'shop.order.placed', schemaVersion: 1, data: z.object({ total: z.number() }) })
const orderPlaced2 = defineEvent({ type: 'shop.order.placed', schemaVersion: 2, data: z.object({ cents: z.int() }) })
const read = eventReader(orderPlaced, orderPlaced2)

test('reads an event out of what EventBridge puts on a queue', () => {
  const event = anEvent({ total: 3 })
  expect(read({ version: '0', 'detail-type': event.type, detail: event })).toEqual(event)
})

test('reads each version by its own schema', () => {
  expect(read({ detail: anEvent({ cents: 300 }, { schemaVersion: 2 }) }).data).toEqual({ cents: 300 })
  expect(() => read({ detail: anEvent({ total: 3 }, { schemaVersion: 2 }) })).toThrow('data.cents')
})

test('ignores unknown fields', () => {
  expect(read({ detail: { ...anEvent({ total: 3, tax: 1 }), more: true } })).toEqual(anEvent({ total: 3 }))
})

test.each<[string, unknown]>([
  ['no object', 'hello'],
  ['nothing', null],
  ['no event', { detail: 3 }],
  ['an event of another type', { detail: anEvent({ total: 3 }, { type: 'shop.order.paid' }) }],
  ['an event of a version to come', { detail: anEvent({ total: 3 }, { schemaVersion: 3 }) }],
])('%s is refused with its claimed type', (_, body) => {
  expect(() => read(body)).toThrow('Unknown event')
})

test.each(
  Object.keys(anEvent({})).filter((name) => name !== 'type' && name !== 'schemaVersion'),
)('an event without %s is refused, and the field named', (name) => {
  expect(() => read({ detail: { ...anEvent({ total: 3 }), [name]: undefined } })).toThrow(name)
})

test('a refusal quotes no value', () => {
  expect(() => read({ detail: anEvent({ total: 'the-secret' }) })).toThrow(/^(?!.*the-secret).*data\.total/)
})
