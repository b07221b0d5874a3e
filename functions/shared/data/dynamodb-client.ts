import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/**
 * A DynamoDB client with the house settings: it gives up on a call after 3 tries of at most a second each, so that a
 * function answers 503 long before its own timeout.
 */
export function createDynamoDBClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
  })
}
