import type { Item } from '../shared/data/conditional-write.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'
import type { DeletedLink, Link } from './link.ts'
import { keyOf, toLink } from './link-item-store.ts'

/** What a visit needs of links. Both reject as `DynamoDB` does. */
export interface LinkReads {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  /** Reads a key that no link has: proves that the table answers, and opens the connection. */
  ping: (signal: AbortSignal) => Promise<void>
}

export function createLinkReads(dynamodb: DynamoDB, tableName: string): LinkReads {
  const getItem = async (code: string, consistent: boolean, signal: AbortSignal): Promise<Item | undefined> => {
    const input = { TableName: tableName, Key: keyOf(code), ConsistentRead: consistent }
    return (await dynamodb('GetItem', input, { signal })).Item
  }
  return {
    async read(code, { consistent, signal }) {
      const item = await getItem(code, consistent, signal)
      if (!item) return undefined
      return item.deletedAt?.S ? { code, deletedAt: item.deletedAt.S } : toLink(item)
    },
    async ping(signal) {
      await getItem('', false, signal)
    },
  }
}
