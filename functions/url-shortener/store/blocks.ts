import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../shared/data/table.ts'
import type { Inbox } from '../../shared/events/inbox.ts'
import { entryUpdate, readEntry } from '../../shared/events/outbox-entry.ts'
import { NO_DETAILS } from '../domain/link.ts'
import { isPlain } from '../domain/revise.ts'
import type { Block, Blocked, BlockSelector, Unblock } from '../moderate/block-link.ts'
import type { BlockTarget, TargetField } from '../moderate/check-target.ts'
import { eventAttributes, linkEntry, toLink } from './items.ts'
import { keyOf } from './keys.ts'
import { createGetItem, createReadStates, type LinkReads } from './reads.ts'
import { pointerPut } from './reuse-pointers.ts'
import {
  type LinkTransactionsOptions,
  linkTransactions,
  nextEvent,
  RAISE,
  type Transact,
  updateOf,
} from './transactions.ts'

/**
 * Stores blocks of links. The link itself only has the time (`blockedAt`), so that a redirect reads no more than
 * before; the reason is in an item beside it (`pk = L#<code>`, `sk = block`), with the outbox entry of its event.
 * Fields that get a denied target while the link is blocked are recorded there, too (`unchecked`): the event of the
 * unblocking lists them as changed, so that they are checked again. All methods reject as `DynamoDB` does, and with
 * AppError (retryable) `conflict` after repeated conflicts with other changes of the link.
 */
export interface BlockStore {
  block: (selector: BlockSelector, block: Block, signal: AbortSignal) => Promise<Blocked>
  unblock: (selector: BlockSelector, unblock: Unblock, signal: AbortSignal) => Promise<'unblocked' | 'not-found'>
}

const BLOCK = 'block'

export function createBlockStore(options: LinkTransactionsOptions): BlockStore {
  const { tableName } = options
  const transaction = linkTransactions(options)
  const recordOf = createRecordOf(options)
  return {
    block({ tenant, code, onlyIfAbsent }, block, signal) {
      const plan = async (item: Item | undefined) => {
        if (item?.tenant?.S !== tenant) return { outcome: 'not-found' as const }
        const record = item.blockedAt ? await recordOf(code, signal) : undefined
        // An earlier attempt of the same operation, whose response was lost, created it.
        if (record && readEntry(record)?.entry.operationId === block.operationId) return { outcome: 'blocked' as const }
        if (record && onlyIfAbsent) return { outcome: 'stale' as const }
        if (record?.reason?.S === block.reason) return { outcome: 'unchanged' as const }
        const outcomes = { written: 'blocked' as const }
        return { writes: blockWrites({ tableName, tenant, code, item, record }, block), outcomes }
      }
      return transaction<Blocked>({ code, plan }, signal)
    },
    unblock: createUnblock(options),
  }
}

function createUnblock(options: LinkTransactionsOptions): BlockStore['unblock'] {
  const { tableName } = options
  const transaction = linkTransactions(options)
  const [recordOf, readStates] = [createRecordOf(options), createReadStates(options)]
  return ({ tenant, code }, { operationId, unblockedAt, cause }, signal) => {
    const plan = async (item: Item | undefined) => {
      if (item?.tenant?.S !== tenant) return { outcome: 'not-found' as const }
      const written = 'unblocked' as const
      if (!item.blockedAt) return { outcome: written }
      const link = { ...toLink(item), blockedAt: null }
      const [record, states] = await Promise.all([
        recordOf(code, signal),
        readStates([link], { consistent: true, signal }),
      ])
      const [state = { link, details: NO_DETAILS, clicks: 0 }] = states
      const { changed, status } = eventAttributes(state, ['status', ...(record?.unchecked?.SS ?? [])], unblockedAt)
      const entry = entryUpdate(linkEntry('updated', { operationId, time: unblockedAt, cause }))
      const update = updateOf(
        { tableName, code, item },
        {
          set: `${entry.set}, changed = :changed, #status = :status`,
          remove: 'REMOVE blockedAt',
          names: { ...entry.names, '#status': 'status' },
          values: { ...entry.values, ':changed': changed, ':status': status } as Item,
        },
      )
      const removal = { Delete: { TableName: tableName, Key: keyOf(code, BLOCK), ...sameUnchecked(record) } }
      // A search for a plain link may have deleted its pointer meanwhile.
      const pointer = isPlain(link) ? [pointerPut(tableName, link, unblockedAt)] : []
      return { writes: [update, removal, ...pointer], outcomes: { written } }
    }
    return transaction<'unblocked' | 'not-found'>({ code, plan }, signal)
  }
}

function createRecordOf(options: LinkTransactionsOptions) {
  const getItem = createGetItem(options)
  return (code: string, signal: AbortSignal) => getItem(keyOf(code, BLOCK), { signal })
}

/** Blocks a link because of one of its targets, once per event, and only while the link has that target. */
export function createTargetBlock(
  options: LinkTransactionsOptions & { inbox: Inbox } & Pick<LinkReads, 'readDetails'>,
): BlockTarget {
  const { tableName, inbox, readDetails } = options
  const transaction = linkTransactions(options)
  return ({ eventId, tenant, code, url, fields }, block, signal) => {
    const transact: Transact = async (items, inner) => {
      const { outcome } = await inbox.once(eventId, items, inner)
      return outcome === 'done' ? 'written' : outcome
    }
    const leadsThere = async (item: Item, inner: AbortSignal) => {
      if (item.url?.S === url) return true
      if (!item.hasRules && !item.hasExpiredUrl) return false
      const { expiredUrl, rules } = await readDetails(code, inner)
      return expiredUrl === url || rules.some((rule) => rule.url === url)
    }
    const plan = async (item: Item | undefined) => {
      if (item?.tenant?.S !== tenant) return { outcome: 'left' as const }
      // The details only change together with the link, on whose sequence the writes depend.
      if (!(await leadsThere(item, signal))) return { outcome: 'left' as const }
      const repeated = 'left' as const
      if (item.blockedAt) {
        return { writes: [uncheckedUpdate(tableName, code, fields)], outcomes: { written: 'noted' as const, repeated } }
      }
      const writes = blockWrites({ tableName, tenant, code, item }, block)
      return { writes, outcomes: { written: 'blocked' as const, repeated } }
    }
    return transaction<'blocked' | 'noted' | 'left'>({ code, plan, transact }, signal)
  }
}

interface Read extends BlockSelector {
  tableName: string
  item: Item
  /** The item of the existing block. */
  record?: Item | undefined
}

function blockWrites({ tableName, tenant, code, item, record: old }: Read, block: Block): TransactWriteItem[] {
  const { operationId, reason, blockedAt, blockedBy, cause } = block
  const update = updateOf(
    { tableName, code, item },
    { set: `${RAISE.set}, blockedAt = :blockedAt`, values: { ...RAISE.values, ':blockedAt': { S: blockedAt } } },
  )
  const record = {
    ...keyOf(code, BLOCK),
    code: { S: code },
    tenant: { S: tenant },
    reason: { S: reason },
    blockedAt: { S: blockedAt },
    ...(blockedBy !== null && { blockedBy: { S: blockedBy } }),
    ...(old?.unchecked && { unchecked: old.unchecked }),
    ...nextEvent(item, linkEntry('blocked', { operationId, time: blockedAt, cause })),
  }
  return [update, { Put: { TableName: tableName, Item: record, ...sameUnchecked(old) } }]
}

/** Adds fields to `unchecked` of an existing block. If it was removed meanwhile, the writes are planned again. */
function uncheckedUpdate(tableName: string, code: string, fields: readonly TargetField[]): TransactWriteItem {
  return {
    Update: {
      TableName: tableName,
      Key: keyOf(code, BLOCK),
      UpdateExpression: 'ADD unchecked :fields',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':fields': { SS: [...fields] } },
    },
  }
}

/**
 * Requires that `unchecked` didn't change since the record was read, because it changes without the link's sequence.
 */
function sameUnchecked(record: Item | undefined) {
  const unchecked = record?.unchecked
  if (!unchecked) return { ConditionExpression: 'attribute_not_exists(unchecked)' }
  return { ConditionExpression: 'unchecked = :unchecked', ExpressionAttributeValues: { ':unchecked': unchecked } }
}
