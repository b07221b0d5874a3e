import * as z from 'zod/mini'

/** One version of one type of event. */
export interface EventDefinition<Schema extends z.ZodMiniType = z.ZodMiniType> {
  type: string
  schemaVersion: number
  schema: Schema
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
 * Reads what EventBridge puts on a queue: one of these events, from the `detail` of the message.
 *
 * @returns a function that throws Error naming type and version, or the fields that are wrong, never their values.
 */
export function eventReader<Definitions extends readonly EventDefinition[]>(...definitions: Definitions) {
  return (body: unknown): z.output<Definitions[number]['schema']> => {
    const { detail } = Object(body) as { detail?: unknown }
    const { type, schemaVersion } = Object(detail) as { type?: unknown; schemaVersion?: unknown }
    const definition = definitions.find((one) => one.type === type && one.schemaVersion === schemaVersion)
    if (!definition) throw new Error(`No event that is read here: ${type} in version ${schemaVersion}`)
    const result = z.safeParse(definition.schema, detail)
    if (result.success) return result.data as z.output<Definitions[number]['schema']>
    const fields = result.error.issues.map(({ code, path }) => `${path.join('.')} (${code})`)
    throw new Error(`A ${type} with wrong fields: ${fields.join(', ')}`)
  }
}
