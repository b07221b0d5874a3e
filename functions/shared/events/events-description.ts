import type { NamedSchema } from '../http/api-description.ts'
import type { EventDefinition } from './event-schema.ts'

/** The documentation of a system's events. Their JSON Schemas are generated from it and from the validating schemas. */
export interface EventsDescription {
  title: string
  description: string
  definitions: readonly EventDefinition[]
  /** Texts by type. */
  texts: Record<string, EventText>
  /** An example of a `subject`. */
  subject: string
  /** Parts of data that several events share, by name. */
  schemas: Record<string, NamedSchema>
}

export interface EventText {
  /** Describes for consumers when it is published, and what they must know about it. */
  description: string
  /** An example of its data. */
  example: unknown
}
