import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import { entryUpdate } from '../../shared/events/outbox-entry.ts'
import type { RecordEnd } from '../ends/record-end-on-visit.ts'
import { linkEntry } from './items.ts'
import { keyOf } from './keys.ts'

export interface RecordEndOptions extends Table {
  newOperationId: () => string
  now: Clock
}

/** @throws as `DynamoDB` does. */
export function createRecordEnd({ client, tableName, newOperationId, now }: RecordEndOptions): RecordEnd {
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
    const { outcome } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    return outcome === 'written' ? 'recorded' : 'skipped'
  }
}
