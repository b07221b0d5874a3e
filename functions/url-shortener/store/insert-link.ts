import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../shared/data/table.ts'
import { entryAttributes } from '../../shared/events/outbox-entry.ts'
import type { LinkState } from '../domain/link.ts'
import type { Inserted, NewLink } from '../manage/create-link.ts'
import { capKeyOf, detailsItem, eventAttributes, linkEntry, toItem, toLink } from './items.ts'
import { CAP, keyOf } from './keys.ts'
import { createGetItem, type ReadStates } from './reads.ts'
import { claimPut, createFindPlain, pointerPut } from './reuse-pointers.ts'
import { conflict, createTransact, type LinkTransactionsOptions, retryConflicts } from './transactions.ts'

/**
 * Stores new links: one item, or a transaction if a link has details or a cap, or must be the only one.
 *
 * A plain link has a pointer, by which `reuse` finds it. The pointer is written first, so that a failed creation leaves
 * no link without one. With `reuse` it is part of the link's transaction, so that losers of a race leave none; the
 * transaction requires that the claim is as it was read: of two concurrent requests one creates the link, and the other
 * finds it.
 */
export function createInsert(options: LinkTransactionsOptions & { readStates: ReadStates }) {
  const { tableName, readStates } = options
  const transact = createTransact(options)
  const retried = retryConflicts(options)
  const findPlain = createFindPlain(options)

  const getItem = createGetItem(options)

  /** Returns the link with this code if an earlier attempt of the same operation created it. */
  const earlier = async ({ state }: NewLink, item: Item, signal: AbortSignal): Promise<Inserted | 'taken'> => {
    if (item.firstVersion?.S !== state.link.version) return 'taken'
    // It was created and deleted, and is not created again.
    if (item.deletedAt) return { outcome: 'created', state }
    const [stored = state] = await readStates([toLink(item)], { consistent: true, signal })
    return { outcome: 'created', state: stored }
  }

  const write = async (made: NewLink, more: readonly TransactWriteItem[], signal: AbortSignal) => {
    const writes = [...newItems(tableName, made), ...more]
    if ((await transact(writes, signal)) === 'written') return { outcome: 'created', state: made.state } as const
    const item = await getItem(keyOf(made.state.link.code), { signal })
    if (!item) throw conflict()
    return earlier(made, item, signal)
  }

  const reuse = async (made: NewLink, signal: AbortSignal): Promise<Inserted | 'taken'> => {
    const { link } = made.state
    const [own, { item, claim }] = await Promise.all([getItem(keyOf(link.code), { signal }), findPlain(link, signal)])
    if (own) return earlier(made, own, signal)
    const [state] = item ? await readStates([toLink(item)], { consistent: true, signal }) : []
    if (state) return { outcome: 'reused', state }
    return write(made, [pointerPut(tableName, link, link.createdAt), claimPut(tableName, link, claim)], signal)
  }

  return (made: NewLink, signal: AbortSignal): Promise<Inserted | 'taken'> =>
    retried(async (inner) => {
      if (made.sharing === 'reuse') return reuse(made, inner)
      const { link } = made.state
      if (made.sharing === 'offer') await transact([pointerPut(tableName, link, link.createdAt)], inner)
      return write(made, [], inner)
    }, signal)
}

function newItems(tableName: string, { state, changed, cause }: NewLink): TransactWriteItem[] {
  const { link, details } = state
  const entry = linkEntry('created', { operationId: link.version, time: link.createdAt, cause })
  const item = { ...toItem(link), ...eventAttributes(state, changed, link.createdAt), ...entryAttributes(entry) }
  const second = [detailsItem(link.code, details), counterItem(state)].filter((one) => one !== undefined)
  return [
    { Put: { TableName: tableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
    ...second.map((Item) => ({ Put: { TableName: tableName, Item } })),
  ]
}

function counterItem({ link: { code, tenant, maxClicks }, clicks }: LinkState): Item | undefined {
  if (maxClicks === null) return undefined
  return {
    ...keyOf(code, CAP),
    ...capKeyOf(code),
    code: { S: code },
    tenant: { S: tenant },
    clicks: { N: String(clicks) },
    maxClicks: { N: String(maxClicks) },
  }
}
