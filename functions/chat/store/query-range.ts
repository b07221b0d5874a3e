import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from '../../shared/data/table.ts'
import type { RoomId } from '../domain/room.ts'
import { toItem } from './items.ts'
import { roomPk, sortable } from './keys.ts'

/** Records of a room whose keys go on with a number, from one number to another, both included. */
export interface RangeQuery extends RoomId {
  /** The start of the keys. */
  readonly prefix: string
  readonly from: number
  readonly to: number
  readonly limit: number
  /** Reads from the upper end. */
  readonly newestFirst?: boolean
}

/**
 * Reads records of a range consistently, up to a limit, in the order of the query. `more`: there are others beyond the
 * limit, or beyond the size of one answer (1 MB).
 */
export async function queryRange(
  { client, tableName }: Table,
  { prefix, from, to, limit, newestFirst = false, ...id }: RangeQuery,
  signal: AbortSignal,
): Promise<{ items: Item[]; more: boolean }> {
  // DynamoDB refuses a range that ends before it begins.
  if (from > to) return { items: [], more: false }
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: toItem({
        ':pk': roomPk(id),
        ':from': prefix + sortable(from),
        ':to': prefix + sortable(to),
      }),
      ConsistentRead: true,
      ScanIndexForward: !newestFirst,
      // One more tells whether there are more: DynamoDB gives a last key also where nothing follows.
      Limit: limit + 1,
    }),
    { signal },
  )
  return { items: Items.slice(0, limit), more: Items.length > limit || LastEvaluatedKey !== undefined }
}
