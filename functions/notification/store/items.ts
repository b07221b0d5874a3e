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

/** Returns the key of an item. */
export function keyOf({ pk, sk }: Item): Key {
  return { pk: pk?.S ?? '', sk: sk?.S ?? '' }
}

/** Returns an item's attributes as plain values, with its key. */
export function fromItem<Value>(item: Item): Value & Key {
  return unmarshall(item) as Value & Key
}

/** Writes a time with as many digits as the largest safe integer, so that keys sort by it. */
export function sortable(ms: number): string {
  return String(ms).padStart(16, '0')
}
