import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../aws/dynamodb.ts'

/**
 * A table as stores know it: the client that reaches it, and its name. What a store needs besides (randomness, a
 * timer) is in options that extend this type, so that they can be handed on as they are.
 */
export interface Table {
  readonly client: DynamoDB
  readonly tableName: string
}

/** An item, or its key, with attributes as DynamoDB writes them (`{ S: 'a' }`). */
export type Item = Record<string, AttributeValue>
