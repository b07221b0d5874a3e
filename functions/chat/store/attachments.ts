import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { type AttachmentRecord, UNSENT_MS } from '../domain/attachment.ts'
import type { StoreUpload } from '../uploads/begin-upload.ts'
import type { ReadAttachment } from '../uploads/open-attachment.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { recordKey } from './keys.ts'

export interface Attachments {
  storeUpload: StoreUpload
  readAttachment: ReadAttachment
}

/** Creates the reads and writes of attachments, but for those of commits. They reject as `DynamoDB` does. */
export function createAttachments({ client, tableName: TableName }: Table): Attachments {
  return {
    async storeUpload(id, record, signal) {
      const key = recordKey(id, { record: 'attachment', id: record.id })
      const ttl = Math.ceil((record.createdAt + UNSENT_MS) / 1000)
      const Item = toItem({ ...key, ...record, revision: 0, ttl })
      await client.send(new PutItemCommand({ TableName, Item }), { signal })
    },
    async readAttachment({ attachment, ...id }, signal) {
      const Key = toKey(recordKey(id, { record: 'attachment', id: attachment }))
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
      return Item && fromItem<AttachmentRecord>(Item).value
    },
  }
}
