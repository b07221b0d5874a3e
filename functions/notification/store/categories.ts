import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { ListCategories } from '../categories/routes.ts'
import type { ReadDocument } from '../documents.ts'
import type { CategoryDefinition, ReadCategory } from '../domain/category.ts'
import { toDocument } from './documents.ts'
import { keyOf, toKey } from './items.ts'
import { CATEGORY, definitionsPk, documentKey } from './keys.ts'

/** Creates the read of a category, by which notifications are judged. It rejects as `DynamoDB` does. */
export function createReadCategory(read: ReadDocument): ReadCategory {
  return async ({ tenant, name }, signal) => {
    const document = await read<CategoryDefinition>({ tenant, kind: 'category', name }, signal)
    return document && { name, ...document.value, version: document.version }
  }
}

/** Creates the list of a tenant's categories by name. It rejects as `DynamoDB` does. */
export function createListCategories({ client, tableName }: Table): ListCategories {
  return async ({ tenant, after, limit }, signal) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :category)',
        ExpressionAttributeValues: { ':pk': { S: definitionsPk(tenant) }, ':category': { S: CATEGORY } },
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && {
          ExclusiveStartKey: toKey(documentKey({ tenant, kind: 'category', name: after })),
        }),
      }),
      { signal },
    )
    const categories = Items.map((item) => ({
      name: keyOf(item).sk.slice(CATEGORY.length),
      ...toDocument<CategoryDefinition>(item),
    }))
    return { categories, ...(LastEvaluatedKey && { next: keyOf(LastEvaluatedKey).sk.slice(CATEGORY.length) }) }
  }
}
