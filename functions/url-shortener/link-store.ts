import { conditionalWrite, type Item } from '../shared/data/conditional-write.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'
import type { Cause } from '../shared/events/event.ts'
import { type Mark, markAttributes, markUpdate } from '../shared/events/mark.ts'
import type { LinkChange, LinkSelector } from './change-link.ts'
import type { LinkRemoval } from './delete-link.ts'
import type { DeletedLink, Link } from './link.ts'
import { keyOf, linkMark, listKeyOf, listOf, listPk, present, toAttributes, toItem, toLink } from './link-item-store.ts'
import type { LinkPosition } from './list-links.ts'

/**
 * Links in DynamoDB, one item a link (`pk = L#<code>`, `sk = link`), listed by tenant in a sparse index that a deleted
 * link leaves. All reject as `DynamoDB` does. Every write leaves a version of its own, by which it knows itself again
 * when its answer was lost and it is tried once more. It also marks its event, whose id that version is, and raises the
 * link's sequence: the outbox does the rest.
 */
export interface LinkStore {
  /**
   * Stores a link unless its code was ever given out. Where an earlier try has stored it, gives what became of it, and
   * the link as it was asked for where it is deleted again: it was made, and is not made twice.
   */
  insert: (link: Link, cause: Cause, signal: AbortSignal) => Promise<Link | 'taken'>
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  change: (selector: LinkSelector, change: LinkChange, signal: AbortSignal) => Promise<Link | 'not-found' | 'stale'>
  /** Leaves the code, and nothing of what the link was. */
  remove: (
    selector: LinkSelector,
    removal: LinkRemoval,
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

/** What an update does besides leaving its version and its mark. */
interface Update {
  set: string
  remove: string
  names: Record<string, string>
  values: Item
  /** Its id is the link's new version. */
  mark: Mark
}

export function createLinkStore(dynamodb: DynamoDB, tableName: string): LinkStore {
  const getItem = async (code: string, consistent: boolean, signal: AbortSignal) => {
    const input = { TableName: tableName, Key: keyOf(code), ConsistentRead: consistent }
    return (await dynamodb('GetItem', input, { signal })).Item
  }

  /** An update of a link that is there, the tenant's, and of the asked version; not again when it is done already. */
  const update = async ({ tenant, code, ifMatch }: LinkSelector, write: Update, signal: AbortSignal) => {
    const { set, remove, names, values } = write
    const mark = markUpdate(write.mark)
    const isAsked = ifMatch === undefined ? '' : ' AND version = :asked'
    const { outcome, item } = await conditionalWrite(
      dynamodb,
      {
        operation: 'UpdateItem',
        input: {
          TableName: tableName,
          Key: keyOf(code),
          UpdateExpression: `SET version = :version, ${mark.set}, ${set} ${remove}`.trimEnd(),
          ConditionExpression: `tenant = :tenant AND attribute_not_exists(deletedAt) AND version <> :version${isAsked}`,
          ExpressionAttributeNames: { ...names, ...mark.names },
          ExpressionAttributeValues: {
            ...values,
            ...mark.values,
            ':version': { S: write.mark.id },
            ':tenant': { S: tenant },
            ...(ifMatch !== undefined && { ':asked': { S: ifMatch } }),
          },
        },
      },
      { signal },
    )
    if (outcome === 'written' || item?.version?.S === write.mark.id) return item ?? {}
    return item?.tenant?.S === tenant && !item.deletedAt ? 'stale' : 'not-found'
  }

  return {
    async insert(link, cause, signal) {
      const mark = linkMark('created', { id: link.version, time: link.createdAt, cause })
      const Item = { ...toItem(link), changed: listOf(['url', 'title', 'tags']), ...markAttributes(mark) }
      const input = { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }
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
    async change(selector, { fields, updatedAt, version, cause }, signal) {
      const attributes = { ...toAttributes({ ...fields, updatedAt }), changed: listOf(Object.keys(fields)) }
      const sets = Object.entries(present(attributes))
      const cleared = Object.keys(attributes).filter((name) => !(name in Object.fromEntries(sets)))
      const result = await update(
        selector,
        {
          set: sets.map(([name]) => `#${name} = :${name}`).join(', '),
          remove: cleared.length > 0 ? `REMOVE ${cleared.map((name) => `#${name}`).join(', ')}` : '',
          names: Object.fromEntries(Object.keys(attributes).map((name) => [`#${name}`, name])),
          values: Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
          mark: linkMark('updated', { id: version, time: updatedAt, cause }),
        },
        signal,
      )
      return typeof result === 'string' ? result : toLink(result)
    },
    async remove(selector, { deletedAt, version, cause }, signal) {
      const result = await update(
        selector,
        {
          set: 'deletedAt = :deletedAt',
          remove: 'REMOVE #url, title, tags, createdBy, changed, blockedAt, listPk, listSk',
          // `url` is one of DynamoDB's reserved words.
          names: { '#url': 'url' },
          values: { ':deletedAt': { S: deletedAt } },
          mark: linkMark('deleted', { id: version, time: deletedAt, cause }),
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
