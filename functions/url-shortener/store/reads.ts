import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { DeletedLink, Link, LinkDetails, LinkState } from '../domain/link.ts'
import type { ListLinksDeps } from '../manage/list-links.ts'
import { toDetails, toLink } from './items.ts'
import { CAP, CLICKS, DETAILS, keyOf, keysBeside, listKeyOf, listPk } from './keys.ts'

/**
 * Reads the details and clicks of links.
 *
 * @throws as `BatchGet` does.
 */
export type ReadStates = (
  links: readonly Link[],
  options: { consistent: boolean; signal: AbortSignal },
) => Promise<LinkState[]>

export function createReadStates(options: BatchGetOptions): ReadStates {
  const batchGet = createBatchGet(options)
  return async (links, asked) => {
    const found = await batchGet(links.flatMap(keysOfState), asked)
    const items = new Map(found.map((item) => [nameOf(item), item]))
    const clicksAt = ({ code }: Link, sortKey: string) =>
      Number(items.get(nameOf(keyOf(code, sortKey)))?.clicks?.N ?? 0)
    return links.map((link) => {
      const details = toDetails(items.get(nameOf(keyOf(link.code, DETAILS))))
      const spent = clicksAt(link, CAP)
      if (link.maxClicks !== null) return { link, details, clicks: spent }
      // The statistics may lag behind the counter of a cap that was removed.
      const clicks = Math.max(spent, clicksAt(link, CLICKS))
      return { link, details, clicks, ...(clicks > spent && { missing: clicks - spent }) }
    })
  }
}

/** Lists the keys of the items with a link's details and its clicks. */
function keysOfState(link: Link): Item[] {
  return [...keysBeside(link), ...(link.maxClicks === null ? [keyOf(link.code, CLICKS)] : [])]
}

function nameOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`
}

/** The index by tenant, under the name that the stack gives it. */
const BY_TENANT = 'byTenant'

/** Reads the list of a tenant's links. It is eventually consistent, and rejects as `DynamoDB` does. */
export function createReadPage({ client, tableName }: Table): ListLinksDeps['readPage'] {
  return async ({ tenant, after, limit }, signal) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: BY_TENANT,
        KeyConditionExpression: 'listPk = :listPk',
        ExpressionAttributeValues: { ':listPk': { S: listPk(tenant) } },
        ScanIndexForward: false,
        Limit: limit,
        ...(after && { ExclusiveStartKey: { ...keyOf(after.code), ...listKeyOf(tenant, after) } }),
      }),
      { signal },
    )
    return { links: Items.map(toLink), more: LastEvaluatedKey !== undefined }
  }
}

/** Reads one item, with a consistent read by default. Rejects as `DynamoDB` does. */
export type GetItem = (
  key: Item,
  options: {
    signal: AbortSignal
    /** @default true */
    consistent?: boolean
  },
) => Promise<Item | undefined>

export function createGetItem({ client, tableName }: Table): GetItem {
  return async (key, { signal, consistent = true }) => {
    const input = { TableName: tableName, Key: key, ConsistentRead: consistent }
    return (await client.send(new GetItemCommand(input), { signal })).Item
  }
}

/** The reads of one link by visits and the API. All reject as `DynamoDB` does. */
export interface LinkReads {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  /** Reads the details, which are never older than the link that was read before; empty ones if there are none. */
  readDetails: (code: string, signal: AbortSignal) => Promise<LinkDetails>
  /** Reads a key that no link has, which proves that the table responds, and opens the connection. */
  ping: (signal: AbortSignal) => Promise<void>
}

export function createLinkReads(table: Table): LinkReads {
  const getItem = createGetItem(table)
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
