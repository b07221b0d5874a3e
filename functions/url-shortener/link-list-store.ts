import type { DynamoDB } from '../shared/data/dynamodb.ts'
import type { ListLinksDeps } from './manage/list-links.ts'
import { keyOf, listKeyOf, listPk, toLink } from './store/items.ts'

/** The index by tenant; the stack names it the same. */
const BY_TENANT = 'byTenant'

/** Reads the list of a tenant's links. It is eventually consistent, and rejects as `DynamoDB` does. */
export function createReadPage(dynamodb: DynamoDB, tableName: string): ListLinksDeps['readPage'] {
  return async ({ tenant, after, limit }, signal) => {
    const { Items = [], LastEvaluatedKey } = await dynamodb(
      'Query',
      {
        TableName: tableName,
        IndexName: BY_TENANT,
        KeyConditionExpression: 'listPk = :listPk',
        ExpressionAttributeValues: { ':listPk': { S: listPk(tenant) } },
        ScanIndexForward: false,
        Limit: limit,
        ...(after && { ExclusiveStartKey: { ...keyOf(after.code), ...listKeyOf(tenant, after) } }),
      },
      { signal },
    )
    return { links: Items.map(toLink), more: LastEvaluatedKey !== undefined }
  }
}
