/** Turns the events of one type, of whichever system, into notifications. */
export interface Mapping {
  /** As in `orders.order.placed`. */
  readonly detailType: string
  /** A JSONPath (RFC 9535) to the ids of users, in the event. */
  readonly recipients: string
  readonly category: string
  readonly template: string
  /** The template's data: texts that begin with `$` are JSONPaths; absent: the event's own data. */
  readonly data: Readonly<Record<string, unknown>> | null
}

/** The part of a mapping that an operator defines. */
export type MappingDefinition = Omit<Mapping, 'detailType'>

/** A user can't be notified a hundred times by one event, nor more users than this. */
export const MAX_RECIPIENTS = 500

/** The limit of the data that a mapping makes of an event, as JSON in UTF-8: an event has no more itself. */
export const MAX_DATA_BYTES = 64 * 1024
