import * as z from 'zod/mini'
import type { EventContent } from './outbox.ts'

/** An event's type, as `defineEvent` makes it. */
export interface Definition<Data> {
  readonly type: string
  readonly schemaVersion: number
  readonly schema: { readonly shape: { readonly data: z.ZodMiniType<Data> } }
}

export interface ContentSource<Data> {
  readonly tenant: string | undefined
  /** The event's data as the item has it; fields may be missing. */
  readonly given: object
  /** Returns the event's subject; none may be empty. */
  readonly subjectOf: (data: Data) => string | undefined
}

/**
 * Builds the content of an outbox's event from what its item holds.
 *
 * @throws Error naming the fields that the item lacks, so that the outbox sets the record aside.
 */
export function eventContent<Data>(
  { type, schemaVersion, schema }: Definition<Data>,
  { tenant, given, subjectOf }: ContentSource<Data>,
): EventContent {
  const data = z.safeParse(schema.shape.data, given)
  const subject = data.success && subjectOf(data.data)
  if (!tenant || !data.success || !subject) {
    const fields = data.error?.issues.map(({ path }) => path.join('.')) ?? [tenant ? 'subject' : 'tenant']
    throw new Error(`The item lacks fields of ${type}: ${fields.join(', ')}`)
  }
  return { schemaVersion, tenant, subject, data: data.data }
}
