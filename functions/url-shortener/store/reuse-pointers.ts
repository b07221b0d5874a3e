import { createHash } from 'node:crypto'
import { QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { Link } from '../domain/link.ts'
import { isPlain } from '../domain/revise.ts'
import { keyOf, toLink } from './items.ts'
import { createGetItem } from './reads.ts'
import { conflict } from './transactions.ts'

/** A plain link that may stand for a new one, if there is any, and the code of the latest link that `reuse` made. */
export interface Found {
  item: Item | undefined
  claim: string | undefined
}

/** Sorts before all pointers: whoever reads them sees it first. */
const CLAIM = 'claim'
/** A claim only has to outlive the requests that are under way when it is made. */
const CLAIM_SECONDS = 3600

/** As many pointers are one read unit of 4 KB. */
const PAGE = 20
/** Beyond these there is nothing to be found: pointers without a plain link are few, and cleared away when seen. */
const MAX_PAGES = 5

/** Longer than a function runs: a younger pointer may be ahead of its link, or of what the link is to become. */
const SETTLED_MS = 300_000

/**
 * Plain links are found by tenant and target in the partition `U#<tenant>#<hash>`, a pointer each
 * (`plain#<createdAt>#<code>`). A pointer is believed only as far as its link bears it out: it is written before its
 * link, or in one transaction with it, so that a creation that dies may leave one over, but no plain link is without.
 * Blocked links keep theirs until somebody clears it away; `unblock` writes it anew.
 */
function pointerKey({ tenant, url, createdAt, code }: Link): Item {
  return partKey({ tenant, url }, `plain#${createdAt}#${code}`)
}

function partKey({ tenant, url }: Pick<Link, 'tenant' | 'url'>, sortKey: string): Item {
  const hash = createHash('sha256').update(url).digest('base64url')
  return { pk: { S: `U#${tenant}#${hash}` }, sk: { S: sortKey } }
}

/** @param offeredAt RFC 3339 in UTC, with milliseconds: a pointer that is written anew has another one. */
export function pointerPut(tableName: string, link: Link, offeredAt: string): TransactWriteItem {
  return {
    Put: { TableName: tableName, Item: { ...pointerKey(link), code: { S: link.code }, offeredAt: { S: offeredAt } } },
  }
}

/** What a change or a removal of a link does to its pointer. */
export function pointerWrites(
  tableName: string,
  { before, after, at }: { before: Link; after?: Link; at: string },
): TransactWriteItem[] {
  const wasPlain = isPlain(before)
  const isNowPlain = after !== undefined && isPlain(after)
  if (wasPlain && isNowPlain && before.url === after.url) return []
  return [
    ...(wasPlain ? [{ Delete: { TableName: tableName, Key: pointerKey(before) } }] : []),
    ...(isNowPlain ? [pointerPut(tableName, after, at)] : []),
  ]
}

/**
 * Of those who find no link at the same moment one makes it: the claim has to be as it was read, and is then theirs.
 *
 * @param instead the claim as it was read, `undefined` for none.
 */
export function claimPut(tableName: string, link: Link, instead: string | undefined): TransactWriteItem {
  const ttl = { N: String(Math.ceil(Date.parse(link.createdAt) / 1000) + CLAIM_SECONDS) }
  const Item = { ...partKey(link, CLAIM), code: { S: link.code }, ttl }
  const condition =
    instead === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'code = :code', ExpressionAttributeValues: { ':code': { S: instead } } }
  return { Put: { TableName: tableName, Item, ...condition } }
}

/**
 * Finds the oldest plain link like a new one, and clears away what it meets on the way that points nowhere.
 *
 * @throws AppError (retryable) `conflict` when a link is being made that it can't see yet, else as `DynamoDB` does.
 */
export function createFindPlain(table: Table) {
  const { client, tableName } = table
  const getItem = createGetItem(table)

  const linkOf = async (code: string, like: Link, signal: AbortSignal) => {
    const item = await getItem(keyOf(code), { signal })
    return { item, stands: item !== undefined && mayStandFor(item, like) }
  }
  /** Unless it was written anew since it was read. */
  const clear = async ({ pk, sk, offeredAt }: Item, signal: AbortSignal) => {
    const input = {
      TableName: tableName,
      Key: { pk, sk } as Item,
      ConditionExpression: 'offeredAt = :offeredAt',
      ExpressionAttributeValues: { ':offeredAt': offeredAt } as Item,
    }
    await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
  }

  return async (like: Link, signal: AbortSignal): Promise<Found> => {
    let claim: string | undefined
    for await (const pointer of pointersOf(table, like, signal)) {
      const code = pointer.code?.S ?? ''
      if (pointer.sk?.S === CLAIM) claim = code
      else {
        const { item, stands } = await linkOf(code, like, signal)
        if (stands) return { item, claim }
        if (Date.parse(like.createdAt) - Date.parse(pointer.offeredAt?.S ?? '') > SETTLED_MS)
          await clear(pointer, signal)
      }
    }
    if (claim === undefined) return { item: undefined, claim }
    // Claim, pointer and link are one transaction, but reads may see a part of it before the rest.
    const { item, stands } = await linkOf(claim, like, signal)
    if (!item) throw conflict()
    return { item: stands ? item : undefined, claim }
  }
}

async function* pointersOf({ client, tableName }: Table, link: Link, signal: AbortSignal): AsyncGenerator<Item> {
  const input = {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': partKey(link, CLAIM).pk } as Item,
    ConsistentRead: true,
    Limit: PAGE,
  }
  let from: Item | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ ...input, ...(from && { ExclusiveStartKey: from }) }),
      { signal },
    )
    yield* Items
    if (!LastEvaluatedKey) return
    from = LastEvaluatedKey
  }
}

/** Whether a link is what a new one would be. Not a blocked one: it would lead nowhere. */
function mayStandFor(item: Item, { tenant, url }: Link): boolean {
  const link = toLink(item)
  return !item.deletedAt && link.tenant === tenant && link.url === url && link.blockedAt === null && isPlain(link)
}
