import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { DynamoDB } from '../../shared/data/dynamodb.ts'
import type { Cause } from '../../shared/events/event.ts'
import { markUpdate } from '../../shared/events/mark.ts'
import type { Link, LinkEnd } from '../domain/link.ts'
import { keyOf, linkMark } from './items.ts'

export interface EndStoreOptions {
  dynamodb: DynamoDB
  tableName: string
  /** Of the event; another one each time. */
  newId: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

/**
 * Marks that a link has come to its end, once: of two at the same time one does it, and of a link that was changed
 * since it was read, nobody. The ETag stays: nobody changed what the link is.
 */
export type TellEnd = (
  ending: Pick<Link, 'code' | 'version'> & { end: LinkEnd; cause: Cause },
  signal: AbortSignal,
) => Promise<'told' | 'left'>

/** @throws as `DynamoDB` does. */
export function createTellEnd({ dynamodb, tableName, newId, now }: EndStoreOptions): TellEnd {
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
    return outcome === 'written' ? 'told' : 'left'
  }
}
