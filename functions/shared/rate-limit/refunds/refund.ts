import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Clock, Random, RandomBytes } from '../../clock.ts'
import type { Item, Table } from '../../data/table.ts'
import { type Cancellation, transact } from '../../data/transact.ts'
import { AppError } from '../../errors.ts'
import { randomPause, type StartTimer } from '../../resilience/timer.ts'
import { refundablePart } from '../algorithms/token-bucket.ts'
import { ttlAfter } from '../counters/counter.ts'
import type { Charge } from '../policy.ts'
import type { SignedDecision } from './decision-id.ts'

/**
 * Gives back the charges of a decision: those of windows that are not over, and the tokens of a bucket that were not
 * refilled since.
 *
 * @returns the cost that was given back, of a bucket perhaps a part of it; 0 if it was given back before, if all windows
 * are over or all tokens refilled, if nothing was charged, or if the counters hold less than that, as after a reset. If as
 * much was charged again since the reset, the refund gives that back instead.
 * @throws AppError (retryable) when DynamoDB fails: tried again, it is given back once all the same.
 */
export type Refund = (decision: SignedDecision, signal: AbortSignal) => Promise<number>

export interface RefundOptions extends Table {
  now: Clock
  randomBytes: RandomBytes
  random: Random
  startTimer: StartTimer
}

/** Decisions on a hot counter are in the way of its refunds. */
const MAX_TRIES = 5
const MAX_PAUSE_MS = 50

/**
 * Creates a refund, which is one transaction of the counters and a record (`pk = R#<nonce>`, `sk = refund`). The record
 * names the call that wrote it and what it gave back, so that a try whose answer was lost knows its own work. It is an
 * item of its own, because records in the counter would make each of its writes cost more, and expires a minute after
 * the window.
 */
export function createRefund(options: RefundOptions): Refund {
  const { client, tableName, now, randomBytes } = options

  return async ({ nonce, charges }, signal) => {
    const attemptId = Buffer.from(randomBytes(12)).toString('base64url')
    let open = charges
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      // A bucket refills between two tries, too.
      const at = now()
      open = open.filter(({ until }) => until > at)
      if (open.length === 0) return 0
      const parts = open.map((charge) => refundablePart(charge, at))
      const cost = Math.max(...parts.map((part) => part.cost))
      const record = recordPut(tableName, { nonce, attemptId, cost, until: lastOf(charges) })
      const items = [record, ...parts.map(withdrawal(tableName))]
      const transaction = await transact(client, { items }, { signal })
      if (transaction.outcome === 'written') return cost
      const [recorded, ...counted] = transaction.items
      if (recorded?.reason === 'condition') return refundedBy(attemptId, recorded.item)
      if (counted.some(isRefused)) {
        open = open.filter((_, index) => !isRefused(counted[index]))
      } else {
        await randomPause({ ...options, maxMs: MAX_PAUSE_MS, signal })
      }
    }
    throw new AppError('conflict', `The counters were busy in each of ${MAX_TRIES} tries`, { retryable: true })
  }
}

/** Reads from a decision's record what this call has given back. */
function refundedBy(attemptId: string, record: Item | undefined): number {
  return record?.attemptId?.S === attemptId ? Number(record.cost?.N) : 0
}

function isRefused(cancellation: Cancellation | undefined): boolean {
  return cancellation?.reason === 'condition'
}

function lastOf(charges: readonly Charge[]): number {
  return Math.max(...charges.map(({ until }) => until))
}

function recordPut(
  tableName: string,
  { nonce, attemptId, cost, until }: { nonce: string; attemptId: string; cost: number; until: number },
) {
  return {
    Put: {
      TableName: tableName,
      Item: {
        pk: { S: `R#${nonce}` },
        sk: { S: 'refund' },
        attemptId: { S: attemptId },
        cost: { N: String(cost) },
        ttl: ttlAfter(until),
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  }
}

/** Builds the write that takes a charge off its counter, unless the counter holds less than that. */
function withdrawal(tableName: string): (charge: Charge) => TransactWriteItem {
  return ({ pk, sk, attribute, cost, amount = String(cost) }) => ({
    Update: {
      TableName: tableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConditionExpression: '#count >= :amount',
      UpdateExpression: 'ADD #count :minus',
      ExpressionAttributeNames: { '#count': attribute },
      ExpressionAttributeValues: { ':amount': { N: amount }, ':minus': { N: `-${amount}` } },
    },
  })
}
