import type { DynamoDB } from '../shared/data/dynamodb.ts'
import type { DeletedLink, Link } from './link.ts'
import { DETAILS, keyOf, toDetails, toLink } from './link-item-store.ts'

/** What is read of a link to unlock it, as it is at that moment. All reject as `DynamoDB` does. */
export interface UnlockStore {
  read: (code: string, signal: AbortSignal) => Promise<Link | DeletedLink | undefined>
  /** As `hashPassword` wrote it; `null`: the link has no password any more. */
  readPasswordHash: (code: string, signal: AbortSignal) => Promise<string | null>
  /** Reads a key that no link has: opens the connection. */
  ping: (signal: AbortSignal) => Promise<void>
}

export function createUnlockStore(dynamodb: DynamoDB, tableName: string): UnlockStore {
  const getItem = async (code: string, sortKey: string | undefined, signal: AbortSignal) => {
    const input = { TableName: tableName, Key: keyOf(code, sortKey), ConsistentRead: true }
    return (await dynamodb('GetItem', input, { signal })).Item
  }
  return {
    async read(code, signal) {
      const item = await getItem(code, undefined, signal)
      if (item?.deletedAt?.S) return { code, deletedAt: item.deletedAt.S }
      return item && toLink(item)
    },
    readPasswordHash: async (code, signal) => toDetails(await getItem(code, DETAILS, signal)).passwordHash,
    async ping(signal) {
      await getItem('#ping', undefined, signal)
    },
  }
}
