import { GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Clock, Random } from '../../shared/clock.ts'
import { createBatchGet } from '../../shared/data/batch-get.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { randomPause, type StartTimer } from '../../shared/resilience/timer.ts'
import type { ReadInboxMarks } from '../deliver/situate.ts'
import {
  countOf,
  dayOf,
  endOf,
  firstDay,
  type InboxCounts,
  type InboxItem,
  type Mark,
  marked,
} from '../domain/inbox.ts'
import type { InboxHead, InboxOwner, ReadInbox } from '../inbox/list-inbox.ts'
import type { AddToInbox } from '../inbox/provider.ts'
import type { MarkInbox } from '../inbox/routes.ts'
import { fromItem, keyOf, sortable, toItem, toKey } from './items.ts'
import { INBOX_ITEM, inboxCountsKey, inboxEntryKey, inboxItemKey, inboxPk } from './keys.ts'

export interface InboxOptions extends Table {
  now: Clock
  random: Random
  startTimer: StartTimer
}

/** Tries, while others write the same inbox: all of them change its counts. */
const MAX_TRIES = 10
const MAX_PAUSE_MS = 200

/**
 * Creates the addition to an inbox: the item, the entry by which a notification is there once, and the counts, in one
 * transaction.
 *
 * @throws AppError (retryable) when others were in the way all the time, and what `DynamoDB` throws.
 */
export function createAddToInbox(options: InboxOptions): AddToInbox {
  const { client, tableName: TableName, now } = options
  return async ({ tenant, userId, notificationId, title, body, url, category }, signal) => {
    const createdAt = now()
    const id = `${sortable(createdAt)}~${notificationId}`
    const owner = { tenant, userId }
    const item: InboxItem = {
      ...{ id, notificationId, title, body, url, category, createdAt },
      ...{ seenAt: null, readAt: null, archivedAt: null },
    }
    const ttl = Math.ceil(endOf(createdAt) / 1000)
    const entry = { ...inboxEntryKey({ ...owner, notificationId }), id, ttl }
    const items = [
      { Put: { TableName, Item: toItem(entry), ConditionExpression: 'attribute_not_exists(pk)' } },
      { Put: { TableName, Item: toItem({ ...inboxItemKey({ ...owner, id }), ...item, revision: 1, ttl }) } },
      countsUpdate(TableName, owner, { changes: new Map([[dayOf(createdAt), countOf(item)]]), now: createdAt }),
    ]
    const known = await untilWritten(
      options,
      async () => {
        const written = await transact(client, { items }, { signal })
        if (written.outcome === 'written') return { id, item }
        const [first] = written.items
        if (first?.reason === 'condition' && first.item) return { id: fromItem<{ id: string }>(first.item).id }
        return 'raced'
      },
      signal,
    )
    return known
  }
}

/** Creates the consistent reads of an inbox. They reject as `DynamoDB` does. */
export function createReadInbox({ client, tableName, now }: Table & { now: Clock }): ReadInbox {
  return {
    head: (owner, signal) => readHead({ client, tableName }, { owner, now: now() }, signal),
    async items({ tenant, userId, after, limit }, signal) {
      const pk = inboxPk(tenant, userId)
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :item)',
          ExpressionAttributeValues: toItem({ ':pk': pk, ':item': INBOX_ITEM }),
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: toKey(inboxItemKey({ tenant, userId, id: after })) }),
        }),
        { signal },
      )
      const next = LastEvaluatedKey && keyOf(LastEvaluatedKey).sk.slice(INBOX_ITEM.length)
      return { items: Items.map((item) => toStored(item).item), ...(next !== undefined && { next }) }
    },
  }
}

/** Creates the read of what a user did with a notification. It rejects as `DynamoDB` does. */
export function createReadInboxMarks({ client, tableName: TableName }: Table): ReadInboxMarks {
  const get = async (Key: Item, signal: AbortSignal) =>
    (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })).Item
  return async ({ tenant, userId, notificationId }, signal) => {
    const entry = await get(toKey(inboxEntryKey({ tenant, userId, notificationId })), signal)
    if (!entry) return { seen: false, read: false }
    const { id } = fromItem<{ id: string }>(entry)
    const item = await get(toKey(inboxItemKey({ tenant, userId, id })), signal)
    const { seenAt = null, readAt = null } = item ? toStored(item).item : {}
    return { seen: seenAt !== null, read: readAt !== null }
  }
}

/** Counts of so many days that have ended are removed with each change, so that their item doesn't grow. */
const FORGOTTEN_DAYS = 14

/** Items that one transaction marks, beside the counts. */
const MARKED_AT_ONCE = 50

/**
 * Creates the marking of items: each transaction marks some of them and changes the counts by what they counted.
 *
 * @throws AppError (retryable) when others were in the way all the time, and what `DynamoDB` throws.
 */
export function createMarkInbox(options: InboxOptions): MarkInbox {
  const { client, tableName, now } = options
  const batchGet = createBatchGet(options)
  const read = createReadInbox(options)
  const readItems = async (owner: InboxOwner, ids: readonly string[], signal: AbortSignal) => {
    const keys = [...new Set(ids)].map((id) => toKey(inboxItemKey({ ...owner, id })))
    return (await batchGet(keys, { consistent: true, signal })).map(toStored)
  }
  const markSome = (owner: InboxOwner, { ids, as }: { ids: readonly string[]; as: Mark }, signal: AbortSignal) =>
    untilWritten(
      options,
      async () => {
        const stored = await readItems(owner, ids, signal)
        const items = markingOf({ tableName, owner, stored, as, now: now() })
        if (items.length === 0) return 'unchanged'
        return (await transact(client, { items }, { signal })).outcome === 'written' ? 'marked' : 'raced'
      },
      signal,
    )

  return async ({ tenant, userId, which, as }, signal) => {
    const owner = { tenant, userId }
    if (which === 'all') {
      let after: string | undefined
      do {
        const { items, next } = await read.items({ ...owner, after, limit: MARKED_AT_ONCE }, signal)
        const ids = items.filter(({ archivedAt }) => archivedAt === null).map(({ id }) => id)
        if (ids.length > 0) await markSome(owner, { ids, as }, signal)
        after = next
      } while (after !== undefined)
    } else {
      for (let from = 0; from < which.length; from += MARKED_AT_ONCE) {
        await markSome(owner, { ids: which.slice(from, from + MARKED_AT_ONCE), as }, signal)
      }
    }
    return read.head(owner, signal)
  }
}

interface StoredItem {
  readonly item: InboxItem
  readonly revision: number
  readonly ttl: number
}

/** Items that one transaction removes, each with its entry, beside the counts. */
const REMOVED_AT_ONCE = 40

/**
 * Creates the removal of items, with what they count: of all, or of one notification. It may be repeated.
 *
 * @throws AppError (retryable) when others were in the way all the time, and what `DynamoDB` throws.
 */
export function createRemoveFromInbox(options: InboxOptions): {
  removeAll: (owner: InboxOwner, signal: AbortSignal) => Promise<void>
  removeOne: (of: InboxOwner & { notificationId: string }, signal: AbortSignal) => Promise<void>
} {
  const { client, tableName: TableName, now } = options
  const batchGet = createBatchGet(options)
  const read = createReadInbox(options)
  const remove = (owner: InboxOwner, ids: readonly string[], signal: AbortSignal) =>
    untilWritten(
      options,
      async () => {
        const keys = ids.map((id) => toKey(inboxItemKey({ ...owner, id })))
        const stored = (await batchGet(keys, { consistent: true, signal })).map(toStored)
        if (stored.length === 0) return 'removed'
        const items = removalOf({ TableName, owner, stored, now: now() })
        return (await transact(client, { items }, { signal })).outcome === 'written' ? 'removed' : 'raced'
      },
      signal,
    )
  return {
    async removeAll(owner, signal) {
      let after: string | undefined
      do {
        const { items, next } = await read.items({ ...owner, after, limit: REMOVED_AT_ONCE }, signal)
        if (items.length > 0)
          await remove(
            owner,
            items.map(({ id }) => id),
            signal,
          )
        after = next
      } while (after !== undefined)
    },
    async removeOne({ notificationId, ...owner }, signal) {
      const Key = toKey(inboxEntryKey({ ...owner, notificationId }))
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
      if (Item) await remove(owner, [fromItem<{ id: string }>(Item).id], signal)
    },
  }
}

function removalOf(of: {
  readonly TableName: string
  readonly owner: InboxOwner
  readonly stored: readonly StoredItem[]
  readonly now: number
}): TransactWriteItem[] {
  const { TableName, owner, stored, now } = of
  const changes = new Map<number, InboxCounts>()
  const deletes = stored.flatMap(({ item, revision }): TransactWriteItem[] => {
    const day = dayOf(item.createdAt)
    const [counted, gone] = [changes.get(day) ?? { unseen: 0, unread: 0 }, countOf(item)]
    changes.set(day, { unseen: counted.unseen - gone.unseen, unread: counted.unread - gone.unread })
    const unchanged = {
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: toItem({ ':revision': revision }),
    }
    const entry = inboxEntryKey({ ...owner, notificationId: item.notificationId })
    return [
      { Delete: { TableName, Key: toKey(inboxItemKey({ ...owner, id: item.id })), ...unchanged } },
      { Delete: { TableName, Key: toKey(entry) } },
    ]
  })
  return [...deletes, countsUpdate(TableName, owner, { changes, now })]
}

/** Builds the transaction that marks items; empty if none changes. */
function markingOf(of: {
  readonly tableName: string
  readonly owner: InboxOwner
  readonly stored: readonly StoredItem[]
  readonly as: Mark
  readonly now: number
}): TransactWriteItem[] {
  const { tableName: TableName, owner, stored, as, now } = of
  const changes = new Map<number, InboxCounts>()
  const puts = stored.flatMap(({ item, revision, ttl }): TransactWriteItem[] => {
    const after = marked(item, as, now)
    if (after === item) return []
    const day = dayOf(item.createdAt)
    const { unseen, unread } = changes.get(day) ?? { unseen: 0, unread: 0 }
    const [left, gone] = [countOf(after), countOf(item)]
    changes.set(day, { unseen: unseen + left.unseen - gone.unseen, unread: unread + left.unread - gone.unread })
    return [
      {
        Put: {
          TableName,
          Item: toItem({ ...inboxItemKey({ ...owner, id: item.id }), ...after, revision: revision + 1, ttl }),
          ConditionExpression: 'revision = :revision',
          ExpressionAttributeValues: toItem({ ':revision': revision }),
        },
      },
    ]
  })
  return puts.length === 0 ? [] : [...puts, countsUpdate(TableName, owner, { changes, now })]
}

/**
 * Builds the change of an inbox's counts, which are kept by day, since items of a day end together, and nobody tells
 * when DynamoDB deletes one.
 */
function countsUpdate(
  TableName: string,
  owner: InboxOwner,
  { changes, now }: { changes: ReadonlyMap<number, InboxCounts>; now: number },
): TransactWriteItem {
  const counts = [...changes].flatMap(([day, { unseen, unread }]) => [
    { name: `unseen${day}`, by: unseen },
    { name: `unread${day}`, by: unread },
  ])
  const ended = Array.from({ length: FORGOTTEN_DAYS }, (_, days) => firstDay(now) - 1 - days)
    .filter((day) => !changes.has(day))
    .flatMap((day) => [`unseen${day}`, `unread${day}`])
  return {
    Update: {
      TableName,
      Key: toKey(inboxCountsKey(owner)),
      UpdateExpression: [
        'SET #ttl = :ttl',
        `ADD revision :one, ${counts.map(({ name }) => `${name} :${name}`).join(', ')}`,
        `REMOVE ${ended.join(', ')}`,
      ].join(' '),
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: toItem({
        ':one': 1,
        ':ttl': Math.ceil(endOf(now) / 1000),
        ...Object.fromEntries(counts.map(({ name, by }) => [`:${name}`, by])),
      }),
    },
  }
}

async function readHead(
  { client, tableName }: Table,
  { owner, now }: { owner: InboxOwner; now: number },
  signal: AbortSignal,
): Promise<InboxHead> {
  const input = { TableName: tableName, Key: toKey(inboxCountsKey(owner)), ConsistentRead: true }
  const { Item } = await client.send(new GetItemCommand(input), { signal })
  const { revision = 0, ...counts }: Record<string, number> = Item ? fromItem<Record<string, number>>(Item) : {}
  const sum = (kind: string) =>
    Object.entries(counts)
      .filter(([name]) => name.startsWith(kind) && Number(name.slice(kind.length)) >= firstDay(now))
      .reduce((total, [, count]) => total + count, 0)
  return { revision, unseen: sum('unseen'), unread: sum('unread') }
}

/** Repeats a write of an inbox until nobody is in the way. */
async function untilWritten<Result>(
  { random, startTimer }: InboxOptions,
  attempt: () => Promise<Result | 'raced'>,
  signal: AbortSignal,
): Promise<Result> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const result = await attempt()
    if (result !== 'raced') return result
    await randomPause({ maxMs: Math.min(MAX_PAUSE_MS, 10 * 2 ** tries), random, signal, startTimer })
  }
  throw new AppError('conflict', `An inbox changed during each of ${MAX_TRIES} tries`, { retryable: true })
}

function toStored(item: Item): StoredItem {
  const { pk: _, sk: __, revision, ttl, ...rest } = fromItem<InboxItem & { revision: number; ttl: number }>(item)
  return { item: rest, revision, ttl }
}
