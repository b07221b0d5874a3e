import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { RandomBytes } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import type { ReadSalt } from '../visit/visitor-hash.ts'
import { saltKey } from './keys.ts'

const SALT_BYTES = 32
/** The time after the start of its day at which a salt expires: clocks may differ, and DynamoDB deletes later. */
const SALT_KEPT_MS = 26 * 3_600_000

/** Reads the salt of a day, and creates it if it is the first to need it. Rejects as `DynamoDB` does. */
export function createReadSalt({ client, tableName, randomBytes }: Table & { randomBytes: RandomBytes }): ReadSalt {
  return async (day, signal) => {
    const key = { TableName: tableName, Key: saltKey(day) }
    const { Item } = await client.send(new GetItemCommand(key), { signal })
    if (Item?.salt?.B) return Item.salt.B
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        ...key,
        // The first one stays.
        UpdateExpression: 'SET salt = if_not_exists(salt, :salt), #ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':salt': { B: randomBytes(SALT_BYTES) },
          ':ttl': { N: String((Date.parse(day) + SALT_KEPT_MS) / 1000) },
        },
        ReturnValues: 'ALL_NEW',
      }),
      { signal },
    )
    return Attributes?.salt?.B ?? new Uint8Array()
  }
}
