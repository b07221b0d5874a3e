import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { Item } from '../../../functions/shared/data/table.ts'

/** A table's stream: one shard, images of before and after, and a checkpoint that moves when a batch was done. */
export interface StreamModel {
  /** Writes an item; `undefined` deletes it. */
  write: (key: string, image: Item | undefined) => void
  read: (key: string) => Item | undefined
  /** The batch from the checkpoint on; `undefined`: there is nothing more. */
  next: (size: number) => DynamoDBStreamEvent | undefined
  /** Moves the checkpoint behind a batch. */
  done: (batch: DynamoDBStreamEvent) => void
}

type Images = Record<string, AttributeValue>

export function streamModel(): StreamModel {
  const items = new Map<string, Item>()
  const records: DynamoDBRecord[] = []
  let checkpoint = 0
  return {
    write(key, image) {
      const old = items.get(key)
      if (image) items.set(key, image)
      else items.delete(key)
      records.push({
        eventID: `record-${records.length}`,
        eventName: image ? (old ? 'MODIFY' : 'INSERT') : 'REMOVE',
        dynamodb: {
          Keys: { pk: { S: key } },
          SequenceNumber: String(records.length),
          ...(image && { NewImage: structuredClone(image) as Images }),
          ...(old && { OldImage: structuredClone(old) as Images }),
        },
      })
    },
    read: (key) => items.get(key),
    next(size) {
      const Records = records.slice(checkpoint, checkpoint + size)
      return Records.length > 0 ? { Records } : undefined
    },
    done({ Records }) {
      checkpoint += Records.length
    },
  }
}
