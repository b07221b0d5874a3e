import type {
  BatchGetItemInput,
  BatchGetItemOutput,
  DeleteItemInput,
  DeleteItemOutput,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb'
import { isThrottle } from '../aws/aws-error.ts'
import { lambdaEnvironment } from '../aws/environment.ts'
import { createJsonCall, type JsonService } from '../aws/json-call.ts'
import { optionalEnv } from '../config/env.ts'
import { type CircuitBreakerEvent, circuitBreaker } from '../resilience/circuit-breaker.ts'
import { type FaultEvent, faultInjection } from '../resilience/fault-injection.ts'
import { isTransient, type Policy, pipe } from '../resilience/policy.ts'
import { type RetryEvent, retry } from '../resilience/retry.ts'
import { retryBudget } from '../resilience/retry-budget.ts'
import { type TimeoutEvent, timeout } from '../resilience/timeout.ts'
import { startTimer } from '../resilience/timer.ts'
import { failureRate } from '../resilience/trip-rule.ts'
import { errorFields, type Log } from '../telemetry/logger.ts'

/** What DynamoDB takes and gives, by operation: the SDK's types, without the SDK. Binary attributes are base64 here. */
export interface DynamoDBOperations {
  BatchGetItem: [BatchGetItemInput, BatchGetItemOutput]
  DeleteItem: [DeleteItemInput, DeleteItemOutput]
  GetItem: [GetItemInput, GetItemOutput]
  PutItem: [PutItemInput, PutItemOutput]
  Query: [QueryInput, QueryOutput]
  TransactWriteItems: [TransactWriteItemsInput, TransactWriteItemsOutput]
  UpdateItem: [UpdateItemInput, UpdateItemOutput]
}

export interface CallOptions {
  /** The invocation's deadline. */
  signal?: AbortSignal | undefined
  /** For what must not happen twice (an ADD): it is tried once, and its outcome may be unknown. */
  once?: boolean
}

/**
 * Calls DynamoDB under the house policies: a second for each try, up to 3 tries within the client's retry budget, and
 * a circuit breaker for the environment.
 *
 * @throws AwsError when it refuses (a failed condition, too), AppError (retryable) when it fails, throttles or is out
 * of reach.
 */
export type DynamoDB = <Name extends keyof DynamoDBOperations>(
  operation: Name,
  input: DynamoDBOperations[Name][0],
  options?: CallOptions,
) => Promise<DynamoDBOperations[Name][1]>

/** What the policies did, for logs and metrics. */
export type DynamoDBEvent = RetryEvent | TimeoutEvent | CircuitBreakerEvent | FaultEvent

export interface DynamoDBOptions {
  /** Milliseconds since the epoch. */
  now: () => number
  /** From 0 up to, but not, 1. */
  random: () => number
  onEvent?: (event: DynamoDBEvent) => void
}

const DYNAMODB: JsonService = { name: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' }

/** DynamoDB answers in 5 ms; a connection is made in 10. */
const TRY_MS = 1000

/**
 * The DynamoDB of the function's own region, account and role, as Lambda's environment names them. One for all tables
 * of a function: the policies share what they learn.
 */
export function createDynamoDB({ now, random, onEvent }: DynamoDBOptions): DynamoDB {
  const call = createJsonCall({ service: DYNAMODB, ...lambdaEnvironment('DYNAMODB'), now })
  const events = onEvent && { onEvent }
  const timed = timeout({ ms: TRY_MS, startTimer, ...events })
  const breaker = circuitBreaker({
    openMs: 2000,
    tripRule: failureRate({ windowSize: 20, minCalls: 10, rate: 0.8 }),
    // One breaker serves all keys: a throttled one is no outage.
    isFailure: (error) => isTransient(error) && !isThrottle(error),
    now,
    ...events,
  })
  const budget = retryBudget({ ratio: 0.2, perSecond: 1, reserve: 10, now })
  const retried = retry({ maxAttempts: 3, baseMs: 25, capMs: 250, budget, startTimer, random, ...events })
  const faultsOf = faultInjection({ faults: optionalEnv('FAULTS'), startTimer, random, ...events })

  const many: Policy = pipe(retried, breaker, timed)
  const once: Policy = pipe(breaker, timed)
  return (operation, input, options = {}) =>
    (options.once ? once : many)(
      (signal) => faultsOf(`dynamodb.${operation}`)((inner) => call(operation, input, inner), signal),
      options.signal,
    )
}

/** Logs what a person should know of the policies: not each retry, but what came of them. */
export function logEvents(log: Log): (event: DynamoDBEvent) => void {
  return (event) => {
    if (event.type === 'retrying' || event.type === 'rejected' || event.type === 'timed-out') return
    const { type, ...fields } = event
    const error = 'error' in fields ? errorFields(fields.error) : {}
    log(type === 'closed' || type === 'half-opened' ? 'INFO' : 'WARN', `dynamodb ${type}`, { ...fields, ...error })
  }
}

/** How long `prewarm` may hold up the function's start: Lambda gives it 10 seconds. */
const PREWARM_MS = 1000

/**
 * Makes one call while the function initialises, with the whole core that Lambda lends for that: the first request
 * then finds the connection open and the code compiled. A database that fails or is slow must not fail the start.
 */
export async function prewarm(ping: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  await timeout({ ms: PREWARM_MS, startTimer })(ping).catch(() => undefined)
}
