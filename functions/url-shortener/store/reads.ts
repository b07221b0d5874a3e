import type { DynamoDB } from '../../shared/data/dynamodb.ts'
import type { DeletedLink, Link, LinkDetails } from '../domain/link.ts'
import { createGetItem } from '../get-item-store.ts'
import { DETAILS, keyOf, toDetails, toLink } from './items.ts'

/** What visits and the API read of one link. All reject as `DynamoDB` does. */
export interface LinkReads {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  /** Never older than the link that was read before; of a link without details, empty ones. */
  readDetails: (code: string, signal: AbortSignal) => Promise<LinkDetails>
  /** Reads a key that no link has: proves that the table answers, and opens the connection. */
  ping: (signal: AbortSignal) => Promise<void>
}

export function createLinkReads(dynamodb: DynamoDB, tableName: string): LinkReads {
  const getItem = createGetItem({ dynamodb, tableName })
  return {
    async read(code, { consistent, signal }) {
      const item = await getItem(keyOf(code), { consistent, signal })
      if (!item) return undefined
      return item.deletedAt?.S ? { code, deletedAt: item.deletedAt.S } : toLink(item)
    },
    async readDetails(code, signal) {
      return toDetails(await getItem(keyOf(code, DETAILS), { signal }))
    },
    async ping(signal) {
      await getItem(keyOf(''), { consistent: false, signal })
    },
  }
}
