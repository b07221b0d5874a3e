import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { DynamoDB } from '../../shared/data/dynamodb.ts'
import { markUpdate } from '../../shared/events/mark.ts'
import type { RecordEnd } from '../ends/tell-in-passing.ts'
import { keyOf, linkMark } from './items.ts'

export interface EndStoreOptions {
  dynamodb: DynamoDB
  tableName: string
  /** Of the event; another one each time. */
  newId: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

/** @throws as `DynamoDB` does. */
export function createTellEnd({ dynamodb, tableName, newId, now }: EndStoreOptions): RecordEnd {
  return async ({ code, version, end, cause }, signal) => {
    const mark = markUpdate(linkMark(end, { id: newId(), time: new Date(now()).toISOString(), cause }))
    const input = {
      TableName: tableName,
      Key: keyOf(code),
      UpdateExpression: `SET ended = :ended, ${mark.set} REMOVE endPk, endSk`,
      ConditionExpression: 'version = :version AND attribute_not_exists(ended) AND attribute_not_exists(deletedAt)',
      ExpressionAttributeNames: mark.names,
      ExpressionAttributeValues: { ...mark.values, ':ended': { S: end }, ':version': { S: version } },
    }
    const { outcome } = await conditionalWrite(dynamodb, { operation: 'UpdateItem', input }, { signal })
    return outcome === 'written' ? 'recorded' : 'skipped'
  }
}
