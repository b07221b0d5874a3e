/** What something that happens is caused by: what an event hands on to what follows from it. */
export interface Cause {
  /** The same for everything that one request causes. */
  correlationId: string
  /** The event that caused this one; `null` where a request did. */
  causationId: string | null
  /** W3C Trace Context: the span in which it happened. */
  traceparent: string
}

/** An event as consumers get it: the `detail` of an EventBridge event. */
export interface DomainEvent<Data = unknown> extends Cause {
  /** The same however often it is delivered. */
  id: string
  /** `<system>.<noun>.<past-verb>`; also EventBridge's `detail-type`. */
  type: string
  /** Another one when consumers of the old one would break; new optional fields keep it. */
  schemaVersion: number
  /** RFC 3339 in UTC, with milliseconds. */
  time: string
  tenant: string
  /** What it happened to, as in the code of a link. */
  subject: string
  /** Grows with each event of a subject: EventBridge keeps no order. */
  sequence: number
  data: Data
}

/** Of an event as JSON in UTF-8. SQS and Lambda would take more, EventBridge bills by 64 KB. */
export const MAX_EVENT_BYTES = 64 * 1024
