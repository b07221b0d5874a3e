import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Random } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { entryAttributes, type OutboxEntry } from '../../shared/events/outbox-entry.ts'
import type { Policy } from '../../shared/resilience/policy.ts'
import { retry } from '../../shared/resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../../shared/resilience/timer.ts'
import { keyOf } from './keys.ts'
import { createGetItem } from './reads.ts'

export interface LinkTransactionsOptions extends Table {
  random: Random
  /** Returns a new token each time. */
  newToken: () => string
  startTimer?: StartTimer
}

/** `repeated`: it was written before. `refused`: a condition failed, or another transaction conflicted. */
export type TransactResult = 'written' | 'repeated' | 'refused'

/** Writes all items or none. */
export type Transact = (items: readonly TransactWriteItem[], signal: AbortSignal) => Promise<TransactResult>

/** The writes for a link as it was read, or the outcome if none are needed. */
export type Plan<Outcome> =
  | { outcome: Outcome }
  /** If `outcomes` has no entry for the result of the writes, the link is read and planned again. */
  | { writes: readonly TransactWriteItem[]; outcomes: Partial<Record<TransactResult, Outcome>> }

export interface PlanContext {
  deleted: Item | undefined
  signal: AbortSignal
}

export interface LinkTransaction<Outcome> {
  code: string
  /**
   * Plans the writes. `item` is `undefined` if the code was never used, or its link is deleted: `deleted` is its
   * tombstone.
   */
  plan: (item: Item | undefined, context: PlanContext) => Plan<Outcome> | Promise<Plan<Outcome>>
  /** @default one transaction, whose response may be lost */
  transact?: Transact
}

/** Attempts before the client is asked to retry later: each lost one means that another write succeeded. */
const MAX_ATTEMPTS = 5

/**
 * Creates the function for writes of more than a link's own item. Each is planned from the link as it was read, and
 * requires that the link's sequence is unchanged: every write of a link raises it.
 *
 * @throws AppError (retryable) `conflict` after repeated conflicts, otherwise as `DynamoDB` does.
 */
export function linkTransactions(options: LinkTransactionsOptions) {
  const getItem = createGetItem(options)
  const retried = retryConflicts(options)
  const transactOnce = createTransact(options)

  return <Outcome>({ code, plan, transact: write = transactOnce }: LinkTransaction<Outcome>, signal: AbortSignal) =>
    retried(async (inner) => {
      const item = await getItem(keyOf(code), { signal: inner })
      const [present, deleted] = item?.deletedAt ? [undefined, item] : [item, undefined]
      const planned = await plan(present, { deleted, signal: inner })
      if (!('writes' in planned)) return planned.outcome
      const outcome = planned.outcomes[await write(planned.writes, inner)]
      if (outcome !== undefined) return outcome
      throw conflict()
    }, signal)
}

/** Returns the error that makes `retryConflicts` read the link again and retry. */
export function conflict(): AppError {
  return new AppError('conflict', 'The link keeps changing', { retryable: true })
}

/** Retries after a `conflict`, with a short pause. */
export function retryConflicts({ random, startTimer = realTimer }: LinkTransactionsOptions): Policy {
  return retry({ maxAttempts: MAX_ATTEMPTS, baseMs: 20, capMs: 300, isRetryable: isConflict, startTimer, random })
}

/** Writes in one transaction, or, if there is only one put, without one, which costs half as much. */
export function createTransact({ client, newToken }: LinkTransactionsOptions): Transact {
  return async (items, signal) => {
    const [first, ...others] = items
    if (first?.Put && others.length === 0) {
      return (await conditionalWrite(client, { operation: 'PutItem', input: first.Put }, { signal })).outcome
    }
    const { outcome } = await transact(client, { items, token: newToken() }, { signal })
    return outcome === 'written' ? 'written' : 'refused'
  }
}

/** Builds an update that requires an unchanged sequence of the link. Without a link it always fails. */
export function updateOf(
  { tableName, code, item }: { tableName: string; code: string; item: Item | undefined },
  { set, remove = '', names = {}, values = {} }: { set: string; remove?: string; names?: object; values?: Item },
): TransactWriteItem {
  const condition = unchanged(item)
  return {
    Update: {
      TableName: tableName,
      Key: keyOf(code),
      UpdateExpression: `SET ${set} ${remove}`.trimEnd(),
      ConditionExpression: condition.expression,
      ExpressionAttributeNames: { ...names, ...condition.names },
      ExpressionAttributeValues: { ...values, ...condition.values },
    },
  }
}

/** Builds a put that replaces the link as it was read. */
export function putOf({ tableName, item }: { tableName: string; item: Item }, next: Item): TransactWriteItem {
  const { expression, names, values } = unchanged(item)
  return {
    Put: {
      TableName: tableName,
      Item: next,
      ConditionExpression: expression,
      ExpressionAttributeNames: names,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    },
  }
}

/** Requires an unchanged sequence. A link that was created before there were events has none. */
function unchanged(item: Item | undefined): { expression: string; names: Record<string, string>; values: Item } {
  const current = item ? item.sequence : { N: '-1' }
  return {
    expression: current
      ? '#sequence = :current'
      : 'attribute_exists(pk) AND attribute_not_exists(deletedAt) AND attribute_not_exists(#sequence)',
    names: { '#sequence': 'sequence' },
    values: current ? { ':current': current } : {},
  }
}

/** The parts of an update that raise a link's sequence for an event whose outbox entry is in another item. */
export const RAISE = {
  set: '#sequence = if_not_exists(#sequence, :noEvents) + :oneEvent',
  values: { ':noEvents': { N: '0' }, ':oneEvent': { N: '1' } },
}

/** Builds the attributes of another item that has the link's next event. */
export function nextEvent(item: Item | undefined, entry: OutboxEntry): Item {
  return { ...entryAttributes(entry), sequence: { N: String(Number(item?.sequence?.N ?? 0) + 1) } }
}

function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.code === 'conflict'
}
