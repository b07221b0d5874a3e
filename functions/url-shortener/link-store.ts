import { conditionalWrite, type Item } from '../shared/data/conditional-write.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'
import type { LinkChange, LinkSelector } from './change-link.ts'
import type { DeletedLink, Link } from './link.ts'
import type { LinkPosition } from './list-links.ts'

/**
 * Links in DynamoDB, one item a link (`pk = L#<code>`, `sk = link`), listed by tenant in a sparse index that a deleted
 * link leaves. All reject as `DynamoDB` does. Every write leaves a version of its own, by which it knows itself again
 * when its answer was lost and it is tried once more.
 */
export interface LinkStore {
  /**
   * Stores a link unless its code was ever given out. Where an earlier try has stored it, gives what became of it, and
   * the link as it was asked for where it is deleted again: it was made, and is not made twice.
   */
  insert: (link: Link, signal: AbortSignal) => Promise<Link | 'taken'>
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  change: (selector: LinkSelector, change: LinkChange, signal: AbortSignal) => Promise<Link | 'not-found' | 'stale'>
  /** Leaves the code, and nothing of what the link was. */
  remove: (
    selector: LinkSelector,
    removal: { deletedAt: string; version: string },
    signal: AbortSignal,
  ) => Promise<'removed' | 'not-found' | 'stale'>
  /** Links of a tenant, newest first; `limit` is how many are read at most. Eventually consistent. */
  readPage: (
    query: { tenant: string; after: LinkPosition | undefined; limit: number },
    signal: AbortSignal,
  ) => Promise<{ links: Link[]; more: boolean }>
  /** Reads a key that no link has: proves that the table answers, and opens the connection. */
  ping: (signal: AbortSignal) => Promise<void>
}

/** The index by tenant; the stack names it the same. */
const BY_TENANT = 'byTenant'

export function createLinkStore(dynamodb: DynamoDB, tableName: string): LinkStore {
  const getItem = async (code: string, consistent: boolean, signal: AbortSignal) => {
    const input = { TableName: tableName, Key: keyOf(code), ConsistentRead: consistent }
    return (await dynamodb('GetItem', input, { signal })).Item
  }

  /** An update of a link that is there, the tenant's, and of the asked version. */
  const update = async (
    { tenant, code, ifMatch }: LinkSelector,
    {
      expression,
      names,
      values,
      version,
    }: { expression: string; names: Record<string, string>; values: Item; version: string },
    signal: AbortSignal,
  ) => {
    const isAsked = ifMatch === undefined ? '' : ' AND version = :asked'
    const { outcome, item } = await conditionalWrite(
      dynamodb,
      {
        operation: 'UpdateItem',
        input: {
          TableName: tableName,
          Key: keyOf(code),
          UpdateExpression: expression,
          ConditionExpression: `tenant = :tenant AND attribute_not_exists(deletedAt)${isAsked}`,
          ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
          ExpressionAttributeValues: {
            ...values,
            ':tenant': { S: tenant },
            ...(ifMatch !== undefined && { ':asked': { S: ifMatch } }),
          },
        },
      },
      { signal },
    )
    if (outcome === 'written' || item?.version?.S === version) return item ?? {}
    return item?.tenant?.S === tenant && !item.deletedAt ? 'stale' : 'not-found'
  }

  return {
    async insert(link, signal) {
      const input = { TableName: tableName, Item: toItem(link), ConditionExpression: 'attribute_not_exists(pk)' }
      const { outcome, item } = await conditionalWrite(dynamodb, { operation: 'PutItem', input }, { signal })
      if (outcome === 'written') return link
      if (item?.firstVersion?.S !== link.version) return 'taken'
      return item.deletedAt ? link : toLink(item)
    },
    async read(code, { consistent, signal }) {
      const item = await getItem(code, consistent, signal)
      if (!item) return undefined
      return item.deletedAt?.S ? { code, deletedAt: item.deletedAt.S } : toLink(item)
    },
    async change(selector, { fields, updatedAt, version }, signal) {
      const sets = Object.entries(toAttributes({ ...fields, updatedAt, version }))
      const result = await update(
        selector,
        {
          expression: `SET ${sets.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          names: Object.fromEntries(sets.map(([name]) => [`#${name}`, name])),
          values: Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
          version,
        },
        signal,
      )
      return typeof result === 'string' ? result : toLink(result)
    },
    async remove(selector, { deletedAt, version }, signal) {
      const result = await update(
        selector,
        {
          expression:
            'SET deletedAt = :deletedAt, version = :version REMOVE #url, title, tags, createdBy, listPk, listSk',
          // `url` is one of DynamoDB's reserved words.
          names: { '#url': 'url' },
          values: { ':deletedAt': { S: deletedAt }, ':version': { S: version } },
          version,
        },
        signal,
      )
      return typeof result === 'string' ? result : 'removed'
    },
    async readPage({ tenant, after, limit }, signal) {
      const { Items = [], LastEvaluatedKey } = await dynamodb(
        'Query',
        {
          TableName: tableName,
          IndexName: BY_TENANT,
          KeyConditionExpression: 'listPk = :listPk',
          ExpressionAttributeValues: { ':listPk': { S: listPk(tenant) } },
          ScanIndexForward: false,
          Limit: limit,
          ...(after && { ExclusiveStartKey: { ...keyOf(after.code), ...listKeyOf(tenant, after) } }),
        },
        { signal },
      )
      return { links: Items.map(toLink), more: LastEvaluatedKey !== undefined }
    },
    async ping(signal) {
      await getItem('', false, signal)
    },
  }
}

function keyOf(code: string): Item {
  return { pk: { S: `L#${code}` }, sk: { S: 'link' } }
}

function listPk(tenant: string): string {
  return `T#${tenant}`
}

function listKeyOf(tenant: string, { createdAt, code }: LinkPosition): Item {
  return { listPk: { S: listPk(tenant) }, listSk: { S: `${createdAt}#${code}` } }
}

function toItem(link: Link): Item {
  // Changes replace the version, but a creation that is repeated later must still know its own.
  const firstVersion = { S: link.version }
  return { ...keyOf(link.code), ...listKeyOf(link.tenant, link), ...toAttributes(link), firstVersion }
}

/** An absent title is stored as NULL, so that one update can set or clear it. */
function toAttributes(fields: Partial<Link>): Item {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (Array.isArray(value)) return [name, { L: value.map((text) => ({ S: text })) }]
    return [name, value === null ? { NULL: true } : { S: value }]
  })
  return Object.fromEntries(entries)
}

function toLink(item: Item): Link {
  const text = (name: keyof Link) => item[name]?.S ?? ''
  return {
    code: text('code'),
    url: text('url'),
    title: item.title?.S ?? null,
    tags: item.tags?.L?.map(({ S }) => S ?? '') ?? [],
    tenant: text('tenant'),
    createdBy: text('createdBy'),
    createdAt: text('createdAt'),
    updatedAt: text('updatedAt'),
    version: text('version'),
  }
}
