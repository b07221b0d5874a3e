import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Random } from '../../shared/clock.ts'
import { type BatchGet, createBatchGet } from '../../shared/data/batch-get.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { Chunk } from '../clicks/chunks.ts'
import type { CountStore } from '../clicks/count-clicks.ts'
import type { CountPlan, LinkTotal, Stored, StoredCounts, TotalChange } from '../clicks/plan-counts.ts'
import { toDayAttributes, toDayClicks } from './day-clicks.ts'
import { linkEntry } from './items.ts'
import { CLICKS, clicksPk, clicksSk, countedClicksKey, keyOf } from './keys.ts'
import { nextEvent, RAISE, updateOf } from './transactions.ts'

export interface CountStoreOptions extends Table {
  random: Random
  /** Returns a new token or id each time. */
  newToken: () => string
}

/**
 * The time for which ids of clicks are kept, in milliseconds. It is longer than a message can wait: 4 days in the queue,
 * up to 14 as a dead letter, and 4 more after a redrive.
 */
const IDS_KEPT_MS = 30 * 86_400_000
const ID_BYTES = 8

/** Stores the counts of clicks. Both methods reject as `DynamoDB` does, and reads as `BatchGet`. */
export function createCountStore(options: CountStoreOptions): CountStore {
  const { client, newToken } = options
  const batchGet = createBatchGet(options)
  return {
    async read(chunk, shard, signal) {
      const { slots, days, codes } = keysOf(chunk, shard)
      const keys = [...slots, ...days, ...codes].map(({ key }) => key)
      const items = byKey(await batchGet(keys, { consistent: true, signal }))
      const found = <Value>(named: readonly Named[], parse: (item: Item) => Value): Map<string, Value> =>
        new Map(
          named.flatMap(({ name, key }) => {
            const item = items.get(textOf(key))
            return item ? [[name, parse(item)] as const] : []
          }),
        )
      return {
        slots: found(slots, (item) => stored(item, toIds(item))),
        days: found(days, (item) => stored(item, toDayClicks(item))),
        totals: found(codes, toTotal),
      } satisfies StoredCounts
    },
    async write({ plan, shard, now, cause }, signal) {
      const links = await readLinks(plan, batchGet, signal)
      const context = { ...options, links, now, cause }
      const items = [
        ...plan.slots.map((slot) => slotPut(options, slot)),
        ...plan.days.map((day) => dayPut(options, day, shard)),
        ...plan.totals.flatMap((change) => totalWrites(context, change)),
      ]
      if (items.length === 0) return 'written'
      const { outcome } = await transact(client, { items, token: newToken() }, { signal })
      return outcome === 'written' ? 'written' : 'raced'
    },
  }
}

interface Named {
  readonly name: string
  readonly key: Item
}

function keysOf({ slots, days, codes }: Chunk, shard: number) {
  return {
    slots: slots.map((slot): Named => ({ name: slot, key: countedClicksKey(slot) })),
    days: days.map(
      (id): Named => ({
        name: `${id.of} ${id.name} ${id.day}`,
        key: { pk: { S: clicksPk(id.of, id.name) }, sk: { S: clicksSk(id.day, shard) } },
      }),
    ),
    codes: codes.map((code): Named => ({ name: code, key: keyOf(code, CLICKS) })),
  }
}

/** Reads the links whose events are due: an event raises the link's sequence. */
async function readLinks({ totals }: CountPlan, batchGet: BatchGet, signal: AbortSignal): Promise<Map<string, Item>> {
  const codes = totals.flatMap(({ event, code }) => (event ? [code] : []))
  const items = await batchGet(
    codes.map((code) => keyOf(code)),
    { consistent: true, signal },
  )
  return new Map(items.map((item) => [item.code?.S ?? '', item]))
}

function slotPut(
  table: Pick<Table, 'tableName'>,
  { slot, at, stored: { value, version } }: CountPlan['slots'][number],
) {
  const ids = Buffer.concat([...value].map((id) => Buffer.from(id, 'base64url')))
  const ttl = { N: String(Math.ceil((at + IDS_KEPT_MS) / 1000)) }
  return putAfter(table, { ...countedClicksKey(slot), ids: { B: ids }, ttl }, version)
}

function dayPut(
  table: Pick<Table, 'tableName'>,
  { id, stored: { value, version } }: CountPlan['days'][number],
  shard: number,
) {
  const key = { pk: { S: clicksPk(id.of, id.name) }, sk: { S: clicksSk(id.day, shard) } }
  return putAfter(table, { ...key, ...toDayAttributes(id.day, value) }, version)
}

/** Builds a put that requires the version that was read. */
function putAfter({ tableName }: Pick<Table, 'tableName'>, item: Item, version: number): TransactWriteItem {
  const next = { ...item, version: { N: String(version + 1) } }
  if (version === 0)
    return { Put: { TableName: tableName, Item: next, ConditionExpression: 'attribute_not_exists(pk)' } }
  return {
    Put: {
      TableName: tableName,
      Item: next,
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': { N: String(version) } },
    },
  }
}

interface TotalContext extends CountStoreOptions {
  links: ReadonlyMap<string, Item>
  now: number
  cause: Cause
}

/**
 * Builds the update of a total, and with an event also that of its link. A deleted link has no events. Clicks that an
 * event publishes, or is to publish at an earlier request, are only added while no other event was published.
 */
function totalWrites(context: TotalContext, change: TotalChange): TransactWriteItem[] {
  const { tableName, links } = context
  const { code, event, awaited, dueAt, clicks } = change
  const item = links.get(code)
  const hasEvent = event !== undefined && item !== undefined && item.deletedAt === undefined
  if (!hasEvent && clicks === 0 && dueAt === undefined) return []
  const added = 'if_not_exists(clicks, :none) + :clicks'
  const parts = hasEvent ? eventParts(context, { item, published: event.published, added }) : { set: '', values: {} }
  const same = samePublished(hasEvent ? event : awaited)
  const update: TransactWriteItem['Update'] = {
    TableName: tableName,
    Key: keyOf(code, CLICKS),
    UpdateExpression: `SET clicks = ${added}, code = :code, tenant = :tenant${dueAt === undefined ? '' : ', dueAt = :dueAt'}${parts.set}`,
    ...same.condition,
    ...(hasEvent && { ExpressionAttributeNames: { '#event': 'event', '#sequence': 'sequence' } }),
    ExpressionAttributeValues: {
      ':none': { N: '0' },
      ':clicks': { N: String(clicks) },
      ':code': { S: code },
      ':tenant': { S: change.tenant },
      ...(dueAt !== undefined && { ':dueAt': { N: String(dueAt) } }),
      ...same.values,
      ...parts.values,
    },
  }
  return [{ Update: update }, ...(hasEvent ? [updateOf({ tableName, code, item }, RAISE)] : [])]
}

/** Requires that no event has published clicks since the total was read, if the change depends on that. */
function samePublished(read: { published: number } | undefined): {
  condition?: { ConditionExpression: string }
  values?: Item
} {
  if (!read) return {}
  if (read.published === 0) return { condition: { ConditionExpression: 'attribute_not_exists(published)' } }
  return {
    condition: { ConditionExpression: 'published = :published' },
    values: { ':published': { N: String(read.published) } },
  }
}

/** Builds the parts of a total's update that add an event of all clicks since the last one. */
function eventParts(
  { newToken, now, cause }: TotalContext,
  { item, published, added }: { item: Item; published: number; added: string },
): { set: string; values: Item } {
  const entry = linkEntry('clicked', { operationId: newToken(), time: new Date(now).toISOString(), cause })
  const { event, sequence } = nextEvent(item, entry)
  return {
    set: `, published = ${added}, publishedBefore = :published, publishedAt = :now, #event = :event, #sequence = :sequence`,
    values: {
      ':published': { N: String(published) },
      ':now': { N: String(now) },
      ...(event && { ':event': event }),
      ...(sequence && { ':sequence': sequence }),
    },
  }
}

function stored<Value>({ version }: Item, value: Value): Stored<Value> {
  return { value, version: Number(version?.N ?? 0) }
}

function toIds({ ids }: Item): Set<string> {
  const bytes = Buffer.from(ids?.B ?? [])
  const count = bytes.length / ID_BYTES
  return new Set(
    Array.from({ length: count }, (_, index) => bytes.toString('base64url', index * ID_BYTES, (index + 1) * ID_BYTES)),
  )
}

function toTotal({ clicks, published, publishedAt, dueAt }: Item): LinkTotal {
  const number = (attribute: Item[string] | undefined) => Number(attribute?.N ?? 0)
  return {
    clicks: number(clicks),
    published: number(published),
    publishedAt: number(publishedAt),
    dueAt: number(dueAt),
  }
}

function byKey(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [textOf(item), item]))
}

function textOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`
}
