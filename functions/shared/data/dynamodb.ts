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
import {
  type CallEvent,
  type CallOptions,
  type ClientOptions,
  createHouseCall,
  logCallEvents,
} from '../aws/house-call.ts'
import type { JsonService } from '../aws/json-call.ts'
import { timeout } from '../resilience/timeout.ts'
import { startTimer } from '../resilience/timer.ts'
import type { Logger } from '../telemetry/logger.ts'

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

const DYNAMODB: JsonService = { name: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' }

/** DynamoDB answers in 5 ms; a connection is made in 10. */
const TRY_MS = 1000

/** The DynamoDB of the function's own region, account and role. One for all tables of a function. */
export function createDynamoDB(options: ClientOptions): DynamoDB {
  return createHouseCall({ service: DYNAMODB, variable: 'DYNAMODB', tryMs: TRY_MS, ...options }) as DynamoDB
}

/** Logs what a person should know of the policies: see `logCallEvents`. */
export function logEvents(logger: Logger): (event: CallEvent) => void {
  return logCallEvents(logger, 'dynamodb')
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
