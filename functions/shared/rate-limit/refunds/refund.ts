import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../../aws/aws-error.ts'
import type { Clock, Random, RandomBytes } from '../../clock.ts'
import type { Item } from '../../data/conditional-write.ts'
import type { DynamoDB } from '../../data/dynamodb.ts'
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
 * are over or all tokens refilled, if the counters were reset, or if nothing was charged.
 * @throws AppError (retryable) when DynamoDB fails: tried again, it is given back once all the same.
 */
export type Refund = (decision: SignedDecision, signal: AbortSignal) => Promise<number>

export interface RefundOptions {
  dynamodb: DynamoDB
  tableName: string
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
 * names the call that wrote it, so that a try whose answer was lost knows its own work. It is an item of its own, because
 * records in the counter would make each of its writes cost more, and expires a minute after the window.
 */
export function createRefund(options: RefundOptions): Refund {
  const { dynamodb, tableName, now, randomBytes } = options
  const transact = async (TransactItems: TransactWriteItem[], signal: AbortSignal) => {
    try {
      await dynamodb('TransactWriteItems', { TransactItems }, { signal })
      return 'done'
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'TransactionCanceledException') throw error
      return error.fields.CancellationReasons as Reason[]
    }
  }

  return async ({ nonce, charges }, signal) => {
    const attemptId = Buffer.from(randomBytes(12)).toString('base64url')
    const at = now()
    let open = charges.filter(({ until }) => until > at).map((charge) => refundablePart(charge, at))
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (open.length === 0) return 0
      const cost = Math.max(...open.map((left) => left.cost))
      const writes = [
        recordPut(tableName, { nonce, attemptId, until: lastOf(charges) }),
        ...open.map(withdrawal(tableName)),
      ]
      const result = await transact(writes, signal)
      if (result === 'done') return cost
      const [record, ...counted] = result
      if (isRefused(record)) return record.Item?.attemptId?.S === attemptId ? cost : 0
      if (counted.some(isRefused)) {
        open = open.filter((_, index) => !isRefused(counted[index]))
      } else {
        await randomPause({ ...options, maxMs: MAX_PAUSE_MS, signal })
      }
    }
    throw new AppError('conflict', `The counters were busy in each of ${MAX_TRIES} tries`, { retryable: true })
  }
}

interface Reason {
  Code: string
  Item?: Item
}

function isRefused(reason: Reason | undefined): reason is Reason {
  return reason?.Code === 'ConditionalCheckFailed'
}

function lastOf(charges: readonly Charge[]): number {
  return Math.max(...charges.map(({ until }) => until))
}

function recordPut(
  tableName: string,
  { nonce, attemptId, until }: { nonce: string; attemptId: string; until: number },
) {
  return {
    Put: {
      TableName: tableName,
      Item: {
        pk: { S: `R#${nonce}` },
        sk: { S: 'refund' },
        attemptId: { S: attemptId },
        ttl: ttlAfter(until),
      },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    },
  }
}

/** Builds the write that takes a charge off its counter, unless the counter was reset. */
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
