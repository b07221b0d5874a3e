import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../shared/data/table.ts'
import type { OutboxEntry } from '../../shared/events/outbox-entry.ts'
import { meetsPreconditions } from '../../shared/preconditions.ts'
import type { LinkState } from '../domain/link.ts'
import type { ReviseRefusal } from '../domain/revise.ts'
import type { ChangeLinkDeps, LinkSelector, Missing } from '../manage/change-link.ts'
import type { DeleteLinkDeps } from '../manage/delete-link.ts'
import { capKeyOf, detailsItem, endKeyOf, eventAttributes, linkEntry, present, toAttributes, toLink } from './items.ts'
import { CAP, DETAILS, keyOf, keysBeside } from './keys.ts'
import { createGetItem, type ReadStates } from './reads.ts'
import { pointerWrites } from './reuse-pointers.ts'
import { conflict, type LinkTransactionsOptions, linkTransactions, nextEvent, putOf } from './transactions.ts'

/** Changes links together with their second items. Each change is computed from the link as it was read. */
export function createChange(options: LinkTransactionsOptions & { readStates: ReadStates }): ChangeLinkDeps['change'] {
  const { tableName, readStates } = options
  const transaction = linkTransactions(options)
  const expectSame = createExpectSame(options)
  return (selector, asked, signal) => {
    const { revise, changed, operationId, updatedAt, cause } = asked
    const plan = async (item: Item | undefined, context: { signal: AbortSignal }) => {
      if (item?.tenant?.S !== selector.tenant) return { outcome: 'not-found' as const }
      const link = toLink(item)
      const isDone = link.version === operationId
      if (!isDone && isStale(selector, item)) return { outcome: 'stale' as const }
      const [state] = await readStates([link], { consistent: true, signal: context.signal })
      if (isDone || !state) return { outcome: state ?? ('not-found' as const) }
      const next = revise(state)
      if (next === 'unchanged') {
        await expectSame(item, context.signal)
        return { outcome: state }
      }
      if (typeof next === 'string') return { outcome: next }
      const entry = linkEntry('updated', { operationId, time: updatedAt, cause })
      const writes = [
        putOf(
          { tableName, item },
          { ...changedItem(item, next), ...eventAttributes(next, changed, updatedAt), ...nextEvent(item, entry) },
        ),
        ...detailsWrites(tableName, state, next),
        ...counterWrites(tableName, state, next),
        ...pointerWrites(tableName, { before: link, after: next.link, at: updatedAt }),
      ]
      return { writes, outcomes: { written: next } }
    }
    return transaction<LinkState | Missing | ReviseRefusal>({ code: selector.code, plan }, signal)
  }
}

/**
 * Retries if the link changed since it was read. Without a write no condition detects that, and the details, which are
 * read after the link, may be those of the next version.
 */
function createExpectSame(options: LinkTransactionsOptions) {
  const getItem = createGetItem(options)
  return async ({ code, sequence }: Item, signal: AbortSignal): Promise<void> => {
    const now = await getItem(keyOf(code?.S ?? ''), { signal })
    if (now?.sequence?.N !== sequence?.N) throw conflict()
  }
}

/** Removes links together with their second items. */
export function createRemove(options: LinkTransactionsOptions): DeleteLinkDeps['remove'] {
  const { tableName } = options
  const transaction = linkTransactions(options)
  return (selector, { deletedAt, operationId, cause }, signal) => {
    const plan = (item: Item | undefined, { deleted }: { deleted: Item | undefined }) => {
      if (deleted?.version?.S === operationId) return { outcome: 'removed' as const }
      if (item?.tenant?.S !== selector.tenant) return { outcome: 'not-found' as const }
      if (isStale(selector, item)) return { outcome: 'stale' as const }
      const link = toLink(item)
      const entry = linkEntry('deleted', { operationId, time: deletedAt, cause })
      const writes = [
        putOf({ tableName, item }, tombstone(item, { deletedAt, entry })),
        ...keysBeside(link).map((Key) => ({ Delete: { TableName: tableName, Key } })),
        ...pointerWrites(tableName, { before: link, at: deletedAt }),
      ]
      return { writes, outcomes: { written: 'removed' as const } }
    }
    return transaction<'removed' | Missing>({ code: selector.code, plan }, signal)
  }
}

function isStale(selector: LinkSelector, item: Item): boolean {
  return !meetsPreconditions(selector, item.version?.S ?? '')
}

function changedItem(item: Item, { link }: LinkState): Item {
  return present({ ...item, ...toAttributes(link), ...endKeyOf(link) })
}

function detailsWrites(tableName: string, before: LinkState, after: LinkState): TransactWriteItem[] {
  const { code } = after.link
  const item = detailsItem(code, after.details)
  const old = detailsItem(code, before.details)
  if (JSON.stringify(item) === JSON.stringify(old)) return []
  if (item) return [{ Put: { TableName: tableName, Item: item } }]
  return [{ Delete: { TableName: tableName, Key: keyOf(code, DETAILS) } }]
}

/** Builds the writes of a changed cap. A new one starts from the clicks of the statistics. */
function counterWrites(tableName: string, before: LinkState, { link }: LinkState): TransactWriteItem[] {
  const { code, tenant, maxClicks } = link
  if (maxClicks === before.link.maxClicks) return []
  const update = { TableName: tableName, Key: keyOf(code, CAP) }
  if (maxClicks === null) return [{ Update: { ...update, UpdateExpression: 'REMOVE maxClicks, endPk, endSk' } }]
  const values = { ...capKeyOf(code), code: { S: code }, tenant: { S: tenant }, maxClicks: { N: String(maxClicks) } }
  const sets = Object.keys(values).map((name) => `${name} = :${name}`)
  return [
    {
      Update: {
        ...update,
        // A sum, because a visit may be counted meanwhile.
        UpdateExpression: `SET ${sets.join(', ')}, clicks = if_not_exists(clicks, :none) + :missing`,
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
          ':none': { N: '0' },
          ':missing': { N: String(before.missing ?? 0) },
        },
      },
    },
  ]
}

/** Builds the item of a deleted link, which keeps its code and times, and nothing of its content. */
function tombstone(item: Item, { deletedAt, entry }: { deletedAt: string; entry: OutboxEntry }): Item {
  const { pk, sk, code, tenant, createdAt, updatedAt, firstVersion } = item
  const kept = present({ pk, sk, code, tenant, createdAt, updatedAt, firstVersion })
  return { ...kept, deletedAt: { S: deletedAt }, version: { S: entry.operationId }, ...nextEvent(item, entry) }
}
