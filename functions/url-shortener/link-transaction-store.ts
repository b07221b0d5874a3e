import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../shared/aws/aws-error.ts'
import type { Item } from '../shared/data/conditional-write.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'
import { AppError } from '../shared/errors.ts'
import { type Mark, markAttributes } from '../shared/events/mark.ts'
import { retry } from '../shared/resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../shared/resilience/timer.ts'
import { keyOf } from './link-item-store.ts'

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

export interface LinkTransaction<Outcome> {
  code: string
  /** `undefined`: the code was never given out, or its link is deleted. */
  plan: (item: Item | undefined) => Plan<Outcome> | Promise<Plan<Outcome>>
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
  const { dynamodb, tableName, random, newToken, startTimer = realTimer } = options
  const retried = retry({
    maxAttempts: MAX_ATTEMPTS,
    baseMs: 20,
    capMs: 300,
    isRetryable: isConflict,
    startTimer,
    random,
  })

  const transactOnce: Transact = async (items, signal) => {
    try {
      const input = { TransactItems: [...items], ClientRequestToken: newToken() }
      await dynamodb('TransactWriteItems', input, { signal })
      return 'written'
    } catch (error) {
      if (isRefusal(error)) return 'refused'
      throw error
    }
  }

  return <Outcome>({ code, plan, transact = transactOnce }: LinkTransaction<Outcome>, signal: AbortSignal) =>
    retried(async (inner) => {
      const key = { TableName: tableName, Key: keyOf(code), ConsistentRead: true }
      const { Item: item } = await dynamodb('GetItem', key, { signal: inner })
      const planned = await plan(item?.deletedAt ? undefined : item)
      if (!('writes' in planned)) return planned.outcome
      const outcome = planned.outcomes[await transact(planned.writes, inner)]
      if (outcome !== undefined) return outcome
      throw new AppError('conflict', 'The link changes all the time', { retryable: true })
    }, signal)
}

/** An update of a link that holds only while its sequence is what it was. For no link it never holds. */
export function updateOf(
  { tableName, code, item }: { tableName: string; code: string; item: Item | undefined },
  { set, remove = '', names = {}, values = {} }: { set: string; remove?: string; names?: object; values?: Item },
): TransactWriteItem {
  const current = item ? item.sequence : { N: '-1' }
  return {
    Update: {
      TableName: tableName,
      Key: keyOf(code),
      UpdateExpression: `SET ${set} ${remove}`.trimEnd(),
      // A link that was made before there were events has no sequence.
      ConditionExpression: current
        ? '#sequence = :current'
        : 'attribute_exists(pk) AND attribute_not_exists(deletedAt) AND attribute_not_exists(#sequence)',
      ExpressionAttributeNames: { ...names, '#sequence': 'sequence' },
      ExpressionAttributeValues: { ...values, ...(current && { ':current': current }) },
    },
  }
}

/** Raises a link's sequence for an event that is marked in another item. */
export const RAISE = {
  set: '#sequence = if_not_exists(#sequence, :noEvents) + :oneEvent',
  values: { ':noEvents': { N: '0' }, ':oneEvent': { N: '1' } },
}

/** The attributes of another item that has the link's next event. */
export function nextEvent(item: Item | undefined, mark: Mark): Item {
  return { ...markAttributes(mark), sequence: { N: String(Number(item?.sequence?.N ?? 0) + 1) } }
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
