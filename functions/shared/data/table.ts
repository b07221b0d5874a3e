import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../aws/dynamodb.ts'

/**
 * A table, as stores use it: its client and its name. A store's other dependencies (randomness, a timer) are in options
 * that extend this type, so that they can be passed on unchanged.
 */
export interface Table {
  readonly client: DynamoDB
  readonly tableName: string
}

/** An item or a key, with attributes in DynamoDB's own format (`{ S: 'a' }`). */
export type Item = Record<string, AttributeValue>
