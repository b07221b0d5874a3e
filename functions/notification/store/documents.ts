import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { ReadDocument, WriteDocument } from '../documents.ts'
import type { Document } from '../domain/document.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { documentKey } from './keys.ts'

/** Creates the consistent read and the conditional write of documents. Both reject as `DynamoDB` does. */
export function createDocumentStore({ client, tableName: TableName }: Table): {
  read: ReadDocument
  write: WriteDocument
} {
  return {
    async read<Value>(id: Parameters<ReadDocument>[0], signal: AbortSignal) {
      const input = { TableName, Key: toKey(documentKey(id)), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      return Item && toDocument<Value>(Item)
    },
    async write({ id, before, after }, signal) {
      const condition = before
        ? { ConditionExpression: 'version = :before', ExpressionAttributeValues: { ':before': { S: before.version } } }
        : { ConditionExpression: 'attribute_not_exists(pk)' }
      const key = documentKey(id)
      // JSON, since names in it may be any, such as `constructor`, which `marshall` can't take.
      const stored = after && { json: JSON.stringify(after.value), version: after.version, updatedAt: after.updatedAt }
      const { outcome, item } = await conditionalWrite(
        client,
        stored
          ? { operation: 'PutItem', input: { TableName, Item: toItem({ ...key, ...stored }), ...condition } }
          : { operation: 'DeleteItem', input: { TableName, Key: toKey(key), ...condition } },
        { signal },
      )
      // Refused by this write's own first try, the answer of which was lost.
      const isOurs = after ? item?.version?.S === after.version : item === undefined && before !== undefined
      return outcome === 'written' || isOurs ? 'written' : 'raced'
    },
  }
}

/** Returns the document of an item. */
export function toDocument<Value>(item: Item): Document<Value> {
  const { json, version, updatedAt } = fromItem<Omit<Document<Value>, 'value'> & { json: string }>(item)
  return { value: JSON.parse(json), version, updatedAt }
}
