import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../../shared/aws/aws-error.ts'
import { conditionalWrite, type Item } from '../../shared/data/conditional-write.ts'
import type { DynamoDB } from '../../shared/data/dynamodb.ts'
import { AppError } from '../../shared/errors.ts'
import { entryAttributes, type OutboxEntry } from '../../shared/events/outbox-entry.ts'
import type { Policy } from '../../shared/resilience/policy.ts'
import { retry } from '../../shared/resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../../shared/resilience/timer.ts'
import { keyOf } from './items.ts'
import { createGetItem } from './reads.ts'

export interface LinkTransactionsOptions {
  dynamodb: DynamoDB
  tableName: string
  /** From 0 up to, but not, 1. */
  random: () => number
  /** Another one each time. */
  newToken: () => string
  startTimer?: StartTimer
}

/** `repeated`: it was written before. `refused`: a condition does not hold, or another transaction is in the way. */
export type TransactResult = 'written' | 'repeated' | 'refused'

/** Writes all of it or nothing. */
export type Transact = (items: readonly TransactWriteItem[], signal: AbortSignal) => Promise<TransactResult>

/** What to write for a link as it was read, or what to answer without a write. */
export type Plan<Outcome> =
  | { outcome: Outcome }
  /** Without an outcome for what became of the writes, the link is read and decided on again. */
  | { writes: readonly TransactWriteItem[]; outcomes: Partial<Record<TransactResult, Outcome>> }

export interface PlanContext {
  deleted: Item | undefined
  signal: AbortSignal
}

export interface LinkTransaction<Outcome> {
  code: string
  /**
   * `item` is `undefined` where the code was never given out, or its link is deleted: what is left of that is `deleted`.
   */
  plan: (item: Item | undefined, context: PlanContext) => Plan<Outcome> | Promise<Plan<Outcome>>
  /** @default one transaction, whose answer may be lost */
  transact?: Transact
}

/** Tries before the client is told to try later: each lost one means that somebody else's write went through. */
const MAX_ATTEMPTS = 5

/**
 * Writes of more than a link's own item. Each decides on the link as it was read, and holds only while the link's
 * sequence is what it was then: every write of a link raises it.
 *
 * @throws AppError (retryable) `conflict` when others keep getting in the way, else as `DynamoDB` does.
 */
export function linkTransactions(options: LinkTransactionsOptions) {
  const getItem = createGetItem(options)
  const retried = retryConflicts(options)
  const transactOnce = createTransact(options)

  return <Outcome>({ code, plan, transact = transactOnce }: LinkTransaction<Outcome>, signal: AbortSignal) =>
    retried(async (inner) => {
      const item = await getItem(keyOf(code), { signal: inner })
      const [present, deleted] = item?.deletedAt ? [undefined, item] : [item, undefined]
      const planned = await plan(present, { deleted, signal: inner })
      if (!('writes' in planned)) return planned.outcome
      const outcome = planned.outcomes[await transact(planned.writes, inner)]
      if (outcome !== undefined) return outcome
      throw conflict()
    }, signal)
}

/** To be tried again, after a look at what is there now. */
export function conflict(): AppError {
  return new AppError('conflict', 'The link changes all the time', { retryable: true })
}

/** Tries what ends in a `conflict` again, after a short pause. */
export function retryConflicts({ random, startTimer = realTimer }: LinkTransactionsOptions): Policy {
  return retry({ maxAttempts: MAX_ATTEMPTS, baseMs: 20, capMs: 300, isRetryable: isConflict, startTimer, random })
}

/** One transaction, or one put, which costs half as much, where there is no more to write. */
export function createTransact({ dynamodb, newToken }: LinkTransactionsOptions): Transact {
  return async (items, signal) => {
    const [first, ...others] = items
    if (first?.Put && others.length === 0) {
      return (await conditionalWrite(dynamodb, { operation: 'PutItem', input: first.Put }, { signal })).outcome
    }
    try {
      const input = { TransactItems: [...items], ClientRequestToken: newToken() }
      await dynamodb('TransactWriteItems', input, { signal })
      return 'written'
    } catch (error) {
      if (isRefusal(error)) return 'refused'
      throw error
    }
  }
}

/** An update of a link that holds only while its sequence is what it was. For no link it never holds. */
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

/** A whole link in place of what was read. */
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

/** That a link's sequence is what it was. A link that was made before there were events has none. */
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

/** Raises a link's sequence for an event whose outbox entry is in another item. */
export const RAISE = {
  set: '#sequence = if_not_exists(#sequence, :noEvents) + :oneEvent',
  values: { ':noEvents': { N: '0' }, ':oneEvent': { N: '1' } },
}

/** The attributes of another item that has the link's next event. */
export function nextEvent(item: Item | undefined, entry: OutboxEntry): Item {
  return { ...entryAttributes(entry), sequence: { N: String(Number(item?.sequence?.N ?? 0) + 1) } }
}

function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.code === 'conflict'
}

/** Reasons for which a transaction is refused, and that another look at the link may do away with. */
const REFUSALS = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])

function isRefusal(error: unknown): boolean {
  if (!(error instanceof AwsError) || error.code !== 'TransactionCanceledException') return false
  const reasons = (error.fields.CancellationReasons ?? []) as { Code?: string }[]
  return reasons.every(({ Code }) => REFUSALS.has(Code ?? ''))
}
