import type * as z from 'zod/mini'
import type { DomainEvent } from '../../functions/shared/events/event.ts'
import type { EventDefinition } from '../../functions/shared/events/event-schema.ts'
import type { EventsDescription } from '../../functions/shared/events/events-description.ts'
import { pascalCase } from '../support/case.ts'
import type { Json } from './components.ts'
import { createSchemas } from './schemas.ts'

/** The fields in which events differ by type; the others are the envelope. */
const BY_TYPE = ['type', 'schemaVersion', 'data']

const ENVELOPE_FIELDS: Record<string, string> = {
  id: 'The same in each delivery of the event: use it to process the event once.',
  subject: 'The object of the event.',
  sequence:
    'Grows with each event of a subject. EventBridge keeps no order: ignore an event that is older than one you have seen.',
  correlationId: 'The same for all effects of a request.',
  causationId: 'The event that caused this one; `null` if it was a request.',
  traceparent: 'The span of its cause (W3C Trace Context).',
}

/**
 * Builds a JSON Schema (draft 2020-12) of a system's events: the union of all, and under `$defs` each type and version
 * by its name, with an example.
 *
 * @throws Error when an event is not described, or a name is not used.
 */
export function eventDocument(description: EventsDescription): Json {
  const { title, definitions } = description
  const schemas = createSchemas(description.schemas, '#/$defs')
  const events: Record<string, Json> = {}
  let envelope: Json = {}
  for (const definition of definitions) {
    // The schema of the input: consumers must accept further fields.
    const whole = schemas.jsonSchema(definition.schema as z.ZodMiniType, 'input')
    envelope = envelopeOf(whole)
    events[eventName(definition)] = eventOf(whole, definition, description)
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    description: description.description,
    oneOf: Object.keys(events).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: { Envelope: envelope, ...events, ...schemas.finish() },
  }
}

/** Names a schema: `shop.order.placed` is `OrderPlaced`; a later version has its number appended. */
function eventName({ type, schemaVersion }: EventDefinition): string {
  const [, ...words] = type.split('.')
  return `${words.map(pascalCase).join('')}${schemaVersion === 1 ? '' : `V${schemaVersion}`}`
}

function envelopeOf({ properties, required }: Json): Json {
  const common = Object.entries(properties as Record<string, Json>)
    .filter(([name]) => !BY_TYPE.includes(name))
    .map(([name, schema]) => [name, { description: ENVELOPE_FIELDS[name], ...schema }])
  return {
    description: 'The fields that all events have. More may be added.',
    type: 'object',
    properties: Object.fromEntries(common),
    required: (required as string[]).filter((name) => !BY_TYPE.includes(name)),
  }
}

function eventOf({ properties }: Json, definition: EventDefinition, description: EventsDescription): Json {
  const text = description.texts[definition.type]
  if (!text) throw new Error(`${definition.type} is not described.`)
  return {
    description: text.description,
    allOf: [{ $ref: '#/$defs/Envelope' }],
    type: 'object',
    properties: Object.fromEntries(BY_TYPE.map((name) => [name, (properties as Json)[name]])),
    required: BY_TYPE,
    examples: [exampleOf(definition, { subject: description.subject, data: text.example })],
  }
}

/** Builds an event with the example data of the description. */
export function exampleOf(
  { type, schemaVersion }: Pick<EventDefinition, 'type' | 'schemaVersion'>,
  { subject, data }: Pick<DomainEvent, 'subject' | 'data'>,
): DomainEvent {
  return {
    id: '01KKJ5V4Q5ZJ8W3N6T7R9XACDE',
    type,
    schemaVersion,
    time: '2026-03-12T19:03:58.005Z',
    tenant: 'acme',
    subject,
    sequence: 1,
    correlationId: 'JKJaXmPLvHcESHA=',
    causationId: null,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data,
  }
}
