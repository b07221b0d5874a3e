/**
 * What an AWS service says when it refuses a request. What may pass by itself (throttling, a failure on its side, a
 * lost connection) is not here but an `AppError` that is retryable.
 */
export class AwsError extends Error {
  /** The service's own name of the error, as in `ConditionalCheckFailedException`; also in `name`. */
  readonly code: string
  readonly status: number
  /** All of the answer: some errors carry more than a message. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(status: number, fields: Record<string, unknown>) {
    // A code is `com.amazonaws.dynamodb.v20120810#ValidationException`, or without the part before `#`.
    const code = String(fields.__type ?? 'UnknownError').replace(/^.*#/, '')
    super(String(fields.message ?? fields.Message ?? `${code} (HTTP ${status})`))
    this.name = code
    this.code = code
    this.status = status
    this.fields = fields
  }
}

/**
 * Refusals that pass by themselves (AWS SDKs and Tools Reference Guide, "Retry behavior"): throttling in all its
 * names, and a transaction that met another.
 */
const TRANSIENT = new Set([
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
])

export function mayPass({ status, code }: AwsError): boolean {
  return status >= 500 || status === 429 || TRANSIENT.has(code)
}

/** Whether an error says "slower", and not "broken": a hot key is no outage of the whole service. */
export function isThrottle(error: unknown): boolean {
  const name = error instanceof Error && error.cause instanceof Error ? error.cause.name : ''
  return /Throttl|ThroughputExceeded|TooManyRequests|RequestLimit|SlowDown|Conflict/.test(name)
}
