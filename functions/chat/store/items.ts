import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item } from '../../shared/data/table.ts'
import type { Key } from './keys.ts'

/** A record with its key, and the revision by which a commit recognises that it is unchanged. */
export interface Stored<Value> {
  readonly value: Value
  readonly revision: number
}

/** Turns plain values into attributes. Fields that are `undefined` are left out. */
export function toItem(values: object): Item {
  return marshall(values, { removeUndefinedValues: true })
}

export function toKey({ pk, sk }: Key): Item {
  return { pk: { S: pk }, sk: { S: sk } }
}

/** Returns the key of an item. */
export function keyOf({ pk, sk }: Item): Key {
  return { pk: pk?.S ?? '', sk: sk?.S ?? '' }
}

/** Returns a record's own fields, without its key and what the item holds for the table and its stream. */
export function fromItem<Value>(item: Item): Stored<Value> {
  const { pk, sk, revision = 0, ttl, event, sequence, ...value } = unmarshall(item)
  return { revision, value: value as Value }
}
