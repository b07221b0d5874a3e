import { createHash } from 'node:crypto'
import { QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { Link } from '../domain/link.ts'
import { isPlain } from '../domain/revise.ts'
import { toLink } from './items.ts'
import { keyOf, plainLinksKey } from './keys.ts'
import { createGetItem } from './reads.ts'
import { conflict } from './transactions.ts'

/** A plain link that may replace a new one, if any, and the code of the latest link that `reuse` created. */
export interface Found {
  item: Item | undefined
  claim: string | undefined
}

/** The claim's sort key, which sorts before all pointers. */
const CLAIM = 'claim'
/** The time for which a claim lives: it only has to outlive the requests that are running when it is written. */
const CLAIM_SECONDS = 3600

/** The number of pointers in one read unit of 4 KB. */
const PAGE = 20
/** The search ends here: pointers without a plain link are few, and deleted when found. */
const MAX_PAGES = 5

/** Longer than a function runs: a younger pointer may have been written before its link or the link's change. */
const SETTLED_MS = 300_000

/**
 * Builds the key of a pointer to a plain link. Plain links are found by tenant and target in the partition
 * `U#<tenant>#<hash>`, with one pointer each (`plain#<createdAt>#<code>`). A pointer is always verified against its
 * link: it is written before its link, or in the same transaction, so that a failed creation may leave an orphan, but
 * no plain link is without a pointer. Blocked links keep theirs until a search deletes it; `unblock` writes it again.
 */
function pointerKey({ tenant, url, createdAt, code }: Link): Item {
  return partKey({ tenant, url }, `plain#${createdAt}#${code}`)
}

function partKey({ tenant, url }: Pick<Link, 'tenant' | 'url'>, sortKey: string): Item {
  const hash = createHash('sha256').update(url).digest('base64url')
  return plainLinksKey(tenant, hash, sortKey)
}

/** @param offeredAt RFC 3339 in UTC with milliseconds, which is new each time the pointer is written. */
export function pointerPut(tableName: string, link: Link, offeredAt: string): TransactWriteItem {
  return {
    Put: { TableName: tableName, Item: { ...pointerKey(link), code: { S: link.code }, offeredAt: { S: offeredAt } } },
  }
}

/** Builds the writes of a link's pointer that go with a change or removal of the link. */
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
 * Builds the write of the claim, which must be as it was read: of concurrent requests that find no link only one can
 * create it.
 *
 * @param instead the claim as it was read; `undefined` for none.
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
 * Finds the oldest plain link that is equivalent to a new one, and deletes stale pointers on the way.
 *
 * @throws AppError (retryable) `conflict` if a link is being created that is not visible yet, otherwise as `DynamoDB`
 * does.
 */
export function createFindPlain(table: Table) {
  const { client, tableName } = table
  const getItem = createGetItem(table)

  const linkOf = async (code: string, like: Link, signal: AbortSignal) => {
    const item = await getItem(keyOf(code), { signal })
    return { item, stands: item !== undefined && mayStandFor(item, like) }
  }
  /** Deletes a pointer unless it was written again since it was read. */
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
    // Claim, pointer and link are written in one transaction, but reads may see a part of it before the rest.
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

/** Checks whether a link is equivalent to a new one. A blocked link is not, because it doesn't redirect. */
function mayStandFor(item: Item, { tenant, url }: Link): boolean {
  const link = toLink(item)
  return !item.deletedAt && link.tenant === tenant && link.url === url && link.blockedAt === null && isPlain(link)
}
