import type { NamedSchema } from '../http/api-description.ts'
import type { EventDefinition } from './event-schema.ts'

/** What a consumer is told of a system's events: their JSON Schemas are made from it, and from those that validate. */
export interface EventsDescription {
  title: string
  description: string
  definitions: readonly EventDefinition[]
  /** By type. */
  texts: Record<string, EventText>
  /** An example of what the events are about: a `subject`. */
  subject: string
  /** Parts of data that several events have, by name. */
  schemas: Record<string, NamedSchema>
}

export interface EventText {
  /** When it is published, and what a consumer must know of it. */
  description: string
  /** Data of such an event. */
  example: unknown
}
