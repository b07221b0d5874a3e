import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item } from '../../shared/data/table.ts'
import type { Key } from './keys.ts'

/** Turns plain values into attributes. Fields that are `undefined` are left out. */
export function toItem(values: object): Item {
  return marshall(values, { removeUndefinedValues: true })
}

export function toKey({ pk, sk }: Key): Item {
  return { pk: { S: pk }, sk: { S: sk } }
}

/** Returns an item's own fields, without its key and what it holds for the table and its stream. */
export function fromItem<Value>(item: Item): Value {
  const { pk, sk, ttl, event, sequence, ...value } = unmarshall(item)
  return value as Value
}
