import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fromJSONSchema } from 'zod'
import * as z from 'zod/mini'
import { defineEvent } from '../../../functions/shared/events/event-schema.ts'
import type { EventsDescription } from '../../../functions/shared/events/events-description.ts'
import { eventDocument, exampleOf } from '../../../tools/openapi/event-document.ts'
import { ROOT } from '../../../tools/support/settings.ts'
import { at } from '../../support/templates.ts'

const total = z.object({ amount: z.number() })
const placed = defineEvent({ type: 'shop.order.placed', schemaVersion: 1, data: z.object({ total }) })
const placed2 = defineEvent({ type: 'shop.order.placed', schemaVersion: 2, data: total })
const description: EventsDescription = {
  title: 'Events of the shop',
  description: 'The lifecycle of orders.',
  definitions: [placed, placed2],
  texts: { 'shop.order.placed': { description: 'An order was placed.', example: { total: { amount: 3 } } } },
  subject: 'order-1',
  schemas: { Total: { schema: total, description: 'The amount due.' } },
}
const document = eventDocument(description)
const schema = fromJSONSchema(document)
const event = exampleOf(placed, { subject: 'order-1', data: { total: { amount: 3 } } })
const isValid = (value: unknown) => schema.safeParse(value).success

test('each type and version has a name', () => {
  expect(Object.keys(at(document, '$defs') as object)).toEqual(['Envelope', 'OrderPlaced', 'OrderPlacedV2', 'Total'])
  expect(at(document, '$defs', 'OrderPlaced')).toMatchObject({ description: 'An order was placed.', examples: [event] })
  expect(at(document, '$defs', 'OrderPlacedV2', 'properties', 'data')).toEqual({ $ref: '#/$defs/Total' })
})

test('the document accepts events of each type, with additional fields, and no others', () => {
  const second = { ...event, schemaVersion: 2, data: { amount: 3 } }
  expect(
    [event, second, { ...event, more: 1 }, { ...event, data: { ...Object(event.data), more: 1 } }].map(isValid),
  ).toEqual([true, true, true, true])
  expect(
    [
      { ...event, schemaVersion: 2 },
      { ...event, type: 'shop.order.paid' },
    ].map(isValid),
  ).toEqual([false, false])
})

test.each(Object.keys(event))('the document refuses an event without %s', (name) => {
  expect(isValid({ ...event, [name]: undefined })).toBe(false)
})

test('every event must be described', () => {
  expect(() => eventDocument({ ...description, texts: {} })).toThrow('shop.order.placed is not described')
})

describe.each(globSync('functions/*/events.ts', { cwd: ROOT }))('the events of %s', (file) => {
  const load = async () => {
    const { eventsDescription } = await import(join(ROOT, dirname(file), 'events-description.ts'))
    return eventsDescription as EventsDescription
  }

  test('are all in the document', async () => {
    const exported = Object.values<unknown>(await import(join(ROOT, file)))
    const defined = exported.filter((each) => Object(each).schemaVersion !== undefined)
    expect((await load()).definitions).toEqual(expect.arrayContaining(defined))
    expect(defined).not.toEqual([])
  })

  test('have examples that pass the validation of publisher and consumer', async () => {
    const own = await load()
    const published = fromJSONSchema(eventDocument(own))
    for (const definition of own.definitions) {
      const example = exampleOf(definition, { subject: own.subject, data: own.texts[definition.type]?.example })
      expect(z.parse(definition.schema, example)).toEqual(example)
      expect(published.parse(example)).toBeDefined()
    }
  })
})
