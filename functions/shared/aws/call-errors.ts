import { AppError } from '../errors.ts'

/** An error that the SDK throws once it has tried to send a request. */
interface SentError extends Error {
  $metadata: { httpStatusCode?: number }
}

/**
 * Transient refusals (AWS SDKs and Tools Reference Guide, "Retry behavior"): throttling under all its names, and
 * conflicts with another transaction.
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
 * Classifies the errors of an SDK client. A refusal, which a retry would not change, stays the SDK's own exception: see
 * `isRefusal`. A transient failure (throttling, a failure of the service, an unreadable response, a lost connection)
 * becomes a retryable AppError `dependency-failed` with its cause; after a lost connection it is unknown whether the
 * service carried out the request. An error from before the request was sent is returned unchanged.
 *
 * @param service the name in the message, such as `dynamodb`.
 */
export function toCallError(error: unknown, service: string): unknown {
  if (!isSent(error)) return error
  if (isAnswer(error)) return mayPass(error) ? unavailable(`${service} responded with ${error.name}`, error) : error
  return isUnreadable(error)
    ? unavailable(`${service} sent an unreadable response`, withoutAnswer(error))
    : unavailable(`${service} could not be reached`, error)
}

/**
 * Checks whether a service refused a request with the exception of this name, as in
 * `isRefusal<ConditionalCheckFailedException>(error, 'ConditionalCheckFailedException')`.
 */
export function isRefusal<Exception extends Error>(error: unknown, name: Exception['name']): error is Exception {
  return error instanceof Error && error.name === name
}

/** Checks whether an error means throttling rather than a failure: a hot key is not an outage of the whole service. */
export function isThrottle(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  if (!(cause instanceof Error)) return false
  const isNamed = /Throttl|ThroughputExceeded|TooManyRequests|RequestLimit|SlowDown|Conflict/.test(cause.name)
  return isNamed || (isSent(cause) && cause.$metadata.httpStatusCode === 429)
}

function isSent(error: unknown): error is SentError {
  return error instanceof Error && '$metadata' in error
}

/** Recognises the service's own errors, which have `$fault`. */
function isAnswer(error: SentError): boolean {
  return '$fault' in error
}

function mayPass({ name, $metadata }: SentError): boolean {
  const status = $metadata.httpStatusCode ?? 0
  return status >= 500 || status === 429 || TRANSIENT.has(name)
}

/**
 * Recognises a response that the SDK can't parse, such as a proxy's page or truncated JSON: it attaches the response.
 */
function isUnreadable(error: SentError): boolean {
  return '$response' in error || '$responseBodyText' in error
}

/** Drops the response text that the SDK's error quotes: errors are logged, and the text may hold a secret. */
function withoutAnswer({ name }: Error): Error {
  const cause = new Error('The response text is omitted, because it may contain secrets.')
  cause.name = name
  return cause
}

function unavailable(message: string, cause: Error): AppError {
  return new AppError('dependency-failed', message, { cause, retryable: true })
}
