import * as z from 'zod/mini'

/** One version of one type of event. */
export interface EventDefinition<Event = unknown> {
  type: string
  schemaVersion: number
  schema: z.ZodMiniType<Event>
}

const text = z.string().check(z.minLength(1))

/**
 * Defines one version of a type of event. Unknown fields are ignored, so that a publisher may add some without
 * coordination with its consumers.
 */
export function defineEvent<const Type extends string, const Version extends number, Data extends z.ZodMiniType>({
  type,
  schemaVersion,
  data,
}: {
  /** `<system>.<noun>.<past-verb>` */
  type: Type
  schemaVersion: Version
  data: Data
}) {
  const schema = z.object({
    id: text,
    type: z.literal(type),
    schemaVersion: z.literal(schemaVersion),
    time: z.iso.datetime(),
    tenant: text,
    subject: text,
    sequence: z.int().check(z.positive()),
    correlationId: text,
    causationId: z.nullable(text),
    traceparent: text,
    data,
  })
  return { type, schemaVersion, schema } satisfies EventDefinition
}

/**
 * Creates a reader of messages that EventBridge puts on a queue: it parses their `detail` as one of these events.
 * Assign the reader to a variable before you pass it to `queueHandler`: inline, TypeScript infers `unknown`.
 *
 * @returns a function that throws Error, whose message names the unknown type and version, or the invalid fields
 * without their values.
 */
export function eventReader<Events extends unknown[]>(
  ...definitions: { [Index in keyof Events]: EventDefinition<Events[Index]> }
): (body: unknown) => Events[number] {
  return (body) => {
    const { detail } = Object(body) as { detail?: unknown }
    const { type, schemaVersion } = Object(detail) as { type?: unknown; schemaVersion?: unknown }
    const definition = definitions.find((one) => one.type === type && one.schemaVersion === schemaVersion)
    if (!definition) throw new Error(`Unknown event: ${type} in version ${schemaVersion}`)
    const result = z.safeParse(definition.schema, detail)
    if (result.success) return result.data
    const fields = result.error.issues.map(({ code, path }) => `${path.join('.')} (${code})`)
    throw new Error(`Invalid fields of a ${type}: ${fields.join(', ')}`)
  }
}
