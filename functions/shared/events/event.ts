/** The cause of an event or a request, which it passes on to its own effects. */
export interface Cause {
  /** The same for all effects of one request. */
  correlationId: string
  /** The event that caused this one; `null` if a request did. */
  causationId: string | null
  /** The span in which it happened (W3C Trace Context). */
  traceparent: string
}

/** An event as consumers receive it: the `detail` of an EventBridge event. */
export interface DomainEvent<Data = unknown> extends Cause {
  /** The same in each delivery. */
  id: string
  /** `<system>.<noun>.<past-verb>`; also EventBridge's `detail-type`. */
  type: string
  /** Raised when a change would break consumers; a new optional field doesn't raise it. */
  schemaVersion: number
  /** RFC 3339 in UTC, with milliseconds. */
  time: string
  tenant: string
  /** The entity that it is about, such as the code of a link. */
  subject: string
  /** Grows with each event of a subject, because EventBridge doesn't preserve order. */
  sequence: number
  data: Data
}

/** The size limit of an event as JSON in UTF-8. SQS and Lambda accept more, but EventBridge bills by 64 KB. */
export const MAX_EVENT_BYTES = 64 * 1024
