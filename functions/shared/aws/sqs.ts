import type {
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs'
import { type CallOptions, type ClientOptions, createHouseCall } from './house-call.ts'
import type { JsonService } from './json-call.ts'

/** What SQS takes and gives, by operation: the SDK's types, without the SDK. Binary attributes are base64 here. */
export interface SqsOperations {
  SendMessage: [SendMessageRequest, SendMessageResult]
  SendMessageBatch: [SendMessageBatchRequest, SendMessageBatchResult]
}

/**
 * Calls SQS under the house policies. A message may be sent twice when an answer was lost.
 *
 * @throws AwsError when SQS refuses, AppError (retryable) when it fails, throttles or is out of reach.
 */
export type Sqs = <Name extends keyof SqsOperations>(
  operation: Name,
  input: SqsOperations[Name][0],
  options?: CallOptions,
) => Promise<SqsOperations[Name][1]>

const SQS: JsonService = { name: 'sqs', target: 'AmazonSQS', version: '1.0' }

/** SQS answers in 20 ms. */
const TRY_MS = 1000

/** The SQS of the function's own region, account and role. One for all queues of a function. */
export function createSqs(options: ClientOptions): Sqs {
  return createHouseCall({ service: SQS, variable: 'SQS', tryMs: TRY_MS, ...options }) as Sqs
}
