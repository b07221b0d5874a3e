import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { DynamoDB } from '../../shared/data/dynamodb.ts'
import { entryUpdate } from '../../shared/events/outbox-entry.ts'
import type { RecordEnd } from '../ends/tell-in-passing.ts'
import { keyOf, linkEntry } from './items.ts'

export interface EndStoreOptions {
  dynamodb: DynamoDB
  tableName: string
  newOperationId: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

/** @throws as `DynamoDB` does. */
export function createTellEnd({ dynamodb, tableName, newOperationId, now }: EndStoreOptions): RecordEnd {
  return async ({ code, version, end, cause }, signal) => {
    const time = new Date(now()).toISOString()
    const entry = entryUpdate(linkEntry(end, { operationId: newOperationId(), time, cause }))
    const input = {
      TableName: tableName,
      Key: keyOf(code),
      UpdateExpression: `SET ended = :ended, ${entry.set} REMOVE endPk, endSk`,
      ConditionExpression: 'version = :version AND attribute_not_exists(ended) AND attribute_not_exists(deletedAt)',
      ExpressionAttributeNames: entry.names,
      ExpressionAttributeValues: { ...entry.values, ':ended': { S: end }, ':version': { S: version } },
    }
    const { outcome } = await conditionalWrite(dynamodb, { operation: 'UpdateItem', input }, { signal })
    return outcome === 'written' ? 'recorded' : 'skipped'
  }
}
