import * as z from 'zod/mini'

/** One version of one type of event. */
export interface EventDefinition<Event = unknown> {
  type: string
  schemaVersion: number
  schema: z.ZodMiniType<Event>
}

const text = z.string().check(z.minLength(1))

/**
 * Says what an event of a type looks like. Unknown fields are let through unread: a publisher may add some without
 * asking its consumers.
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
 * Reads what EventBridge puts on a queue: one of these events, from the `detail` of the message. Give the reader a name
 * before `queueHandler` gets it: called within its options, TypeScript infers `unknown`.
 *
 * @returns a function that throws Error naming type and version, or the fields that are wrong, never their values.
 */
export function eventReader<Events extends unknown[]>(
  ...definitions: { [Index in keyof Events]: EventDefinition<Events[Index]> }
): (body: unknown) => Events[number] {
  return (body) => {
    const { detail } = Object(body) as { detail?: unknown }
    const { type, schemaVersion } = Object(detail) as { type?: unknown; schemaVersion?: unknown }
    const definition = definitions.find((one) => one.type === type && one.schemaVersion === schemaVersion)
    if (!definition) throw new Error(`No event that is read here: ${type} in version ${schemaVersion}`)
    const result = z.safeParse(definition.schema, detail)
    if (result.success) return result.data
    const fields = result.error.issues.map(({ code, path }) => `${path.join('.')} (${code})`)
    throw new Error(`A ${type} with wrong fields: ${fields.join(', ')}`)
  }
}
