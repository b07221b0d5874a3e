import { AppError } from '../errors.ts'

/** What the SDK throws once it has tried to send a request. */
interface SentError extends Error {
  $metadata: { httpStatusCode?: number }
}

/**
 * Refusals that may pass by themselves (AWS SDKs and Tools Reference Guide, "Retry behavior"): throttling in all its
 * names, and a transaction that is in another one's way.
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

/**
 * Tells the errors of an SDK client apart. A refusal, which asking again would not change, stays the SDK's own
 * exception: see `isRefusal`. What may pass (throttling, a failure of the service, an answer that can't be read, a lost
 * connection) becomes a retryable AppError `dependency-failed` with its cause; after a lost connection nobody knows
 * whether the service did what it was asked. A request that can't even be written stays the error that it is.
 *
 * @param service as in `dynamodb`, for the message.
 */
export function toCallError(error: unknown, service: string): unknown {
  if (!isSent(error)) return error
  if (isAnswer(error)) return mayPass(error) ? unavailable(`${service} answers ${error.name}`, error) : error
  return isUnreadable(error)
    ? unavailable(`${service} gives an answer that can't be read`, withoutAnswer(error))
    : unavailable(`${service} could not be reached`, error)
}

/**
 * Whether a service refused a request with the exception of this name, as in
 * `isRefusal<ConditionalCheckFailedException>(error, 'ConditionalCheckFailedException')`.
 */
export function isRefusal<Exception extends Error>(error: unknown, name: Exception['name']): error is Exception {
  return error instanceof Error && error.name === name
}

/** Whether an error says "slower", and not "broken": a hot key is no outage of the whole service. */
export function isThrottle(error: unknown): boolean {
  const name = error instanceof Error && error.cause instanceof Error ? error.cause.name : ''
  return /Throttl|ThroughputExceeded|TooManyRequests|RequestLimit|SlowDown|Conflict/.test(name)
}

function isSent(error: unknown): error is SentError {
  return error instanceof Error && '$metadata' in error
}

/** The service's own errors say whose fault they are. */
function isAnswer(error: SentError): boolean {
  return '$fault' in error
}

function mayPass({ name, $metadata }: SentError): boolean {
  const status = $metadata.httpStatusCode ?? 0
  return status >= 500 || status === 429 || TRANSIENT.has(name)
}

/** The SDK marks what it can't read with the response: a proxy's page, or JSON that was cut short. */
function isUnreadable(error: SentError): boolean {
  return '$response' in error || '$responseBodyText' in error
}

/** The SDK's own error quotes the answer, which may be a secret's, and errors are logged. */
function withoutAnswer({ name }: Error): Error {
  const cause = new Error('The text of the answer is left out, as it may hold secrets.')
  cause.name = name
  return cause
}

function unavailable(message: string, cause: Error): AppError {
  return new AppError('dependency-failed', message, { cause, retryable: true })
}
