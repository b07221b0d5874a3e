import { toJSONSchema } from 'zod/v4/core'
import type { EventDefinition } from './event-schema.ts'

/** The JSON Schemas (draft 2020-12) of events, keyed by type and version, as in `orders.order.created.v1`. */
export function eventSchemas(definitions: readonly EventDefinition[]): Record<string, unknown> {
  const entries = definitions.map(({ type, schemaVersion, schema }) => [
    `${type}.v${schemaVersion}`,
    // `input`: what a consumer must take, which is open to further fields.
    toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }),
  ])
  return Object.fromEntries(entries)
}
