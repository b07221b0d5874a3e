import type { EmfOutput } from '@aws-lambda-powertools/metrics/types'

/** Metrics for a line. The class distinguishes them from a value that somebody put into a field. */
export class EmbeddedMetrics {
  readonly emf: EmfOutput

  constructor(emf: EmfOutput) {
    this.emf = emf
  }
}

/** The types of values by kind of field. Anything else is written as `[redacted]`. */
export interface FieldKinds {
  /** An id, a code or a name: printable ASCII, at most 256 characters. */
  id: string
  number: number
  flag: boolean
  /** A text for a person, in which secrets are redacted by their pattern. */
  text: string
  /** A thrown value, whose name, code, message, stack and causes are written as texts. */
  error: unknown
  /** Counts in the embedded metric format, whose parts become fields of the line. */
  metrics: EmbeddedMetrics
}

/**
 * Every field that a line may have beside `level`, `message`, `timestamp` and `service`. The value of any other field
 * is logged as `[redacted]`. Add a field only if its values may be read by everybody who reads logs, and be kept as
 * long as they are: ids, codes, numbers, durations. Never add a person's input, nor an address: the subject of an event
 * and the keys of an item may contain both.
 */
export const LOG_FIELDS = {
  // The invocation
  cold_start: 'flag',
  function_name: 'id',
  function_request_id: 'id',
  correlation_id: 'id',
  trace_id: 'id',
  span_id: 'id',
  parent_span_id: 'id',
  outcome: 'id',
  latency_ms: 'number',
  error: 'error',
  metrics: 'metrics',

  // HTTP
  route: 'id',
  http_status: 'number',
  check: 'id',

  // WebSockets
  connection_id: 'id',
  action: 'id',
  ack: 'id',
  disconnect_code: 'number',

  // Events, queues and streams
  event_id: 'id',
  event_type: 'id',
  message_id: 'id',
  stream_record_id: 'id',
  sequence_number: 'id',
  reason: 'text',
  receive_count: 'number',
  records: 'number',
  published: 'number',
  messages: 'number',
  failed: 'number',
  not_begun: 'number',
  counted: 'number',
  set_aside: 'number',

  // Calls of AWS and of providers, and limits
  attempt: 'number',
  open_ms: 'number',
  operation: 'id',
  fault: 'id',
  delay_ms: 'number',
  policy: 'id',
  provider: 'id',

  // Deliveries over WebSockets
  recipients: 'number',
  gone: 'number',
  behind: 'number',
  notified: 'number',
  later: 'number',

  // The URL shortener
  code: 'id',
  file: 'id',
  end: 'id',
  index: 'number',
  shard: 'number',
  expired: 'number',
  exhausted: 'number',
  complete: 'flag',
} as const satisfies Record<string, keyof FieldKinds>

/** The fields of a line. */
export type LogFields = {
  readonly [Name in keyof typeof LOG_FIELDS]?: FieldKinds[(typeof LOG_FIELDS)[Name]] | undefined
}
