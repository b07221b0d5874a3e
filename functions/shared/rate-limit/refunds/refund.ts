import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../data/table.ts'
import { type Cancellation, transact } from '../../data/transact.ts'
import { AppError } from '../../errors.ts'
import type { RandomBytes } from '../../ids/random-code.ts'
import type { StartTimer } from '../../resilience/timer.ts'
import { leftOf } from '../algorithms/token-bucket.ts'
import { ttlAfter } from '../counters/counter.ts'
import { pause } from '../counters/look.ts'
import type { Charge } from '../policy.ts'
import type { SignedDecision } from './decision-id.ts'

/**
 * Gives back what a decision was charged: in each of its windows that is not over, and of a bucket what has not dropped
 * again since.
 *
 * @returns the cost, or of a bucket as many of its tokens as were given back, if only in part. 0: it was given back
 * before, all windows are over and all tokens there again, the counters were reset, or nothing was charged.
 * @throws AppError (retryable) when DynamoDB can't say: asked again, it is given back once all the same.
 */
export type Refund = (decision: SignedDecision, signal: AbortSignal) => Promise<number>

export interface RefundOptions extends Table {
  /** Milliseconds since the epoch. */
  now: () => number
  /** `node:crypto`'s `randomBytes` fits. */
  randomBytes: RandomBytes
  /** From 0 up to, but not, 1. */
  random: () => number
  startTimer: StartTimer
}

/** A hot counter is in other transactions' way, too. */
const MAX_TRIES = 5
const MAX_PAUSE_MS = 50

/**
 * Refunds by one transaction of the counters and a mark (`pk = R#<nonce>`, `sk = refund`) that says who set it: so a try
 * whose answer was lost knows its own work. The mark is an item of its own, because marks in the counter would make each
 * of its writes dearer. It is gone a minute after the window.
 */
export function createRefund(options: RefundOptions): Refund {
  const { client, tableName, now, randomBytes } = options

  return async ({ nonce, charges }, signal) => {
    const by = Buffer.from(randomBytes(12)).toString('base64url')
    const at = now()
    let open = charges.filter(({ until }) => until > at).map((charge) => leftOf(charge, at))
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (open.length === 0) return 0
      const cost = Math.max(...open.map((left) => left.cost))
      const items = [mark(tableName, { nonce, by, until: lastOf(charges) }), ...open.map(withdrawal(tableName))]
      const transaction = await transact(client, { items }, { signal })
      if (transaction.outcome === 'written') return cost
      const [marked, ...counted] = transaction.items
      if (marked?.reason === 'condition') return marked.item?.by?.S === by ? cost : 0
      if (counted.some(isRefused)) {
        open = open.filter((_, index) => !isRefused(counted[index]))
      } else {
        await pause(options, signal, MAX_PAUSE_MS)
      }
    }
    throw new AppError('conflict', `The counters were busy in each of ${MAX_TRIES} tries`, { retryable: true })
  }
}

function isRefused(cancellation: Cancellation | undefined): boolean {
  return cancellation?.reason === 'condition'
}

function lastOf(charges: readonly Charge[]): number {
  return Math.max(...charges.map(({ until }) => until))
}

function mark(tableName: string, { nonce, by, until }: { nonce: string; by: string; until: number }) {
  return {
    Put: {
      TableName: tableName,
      Item: {
        pk: { S: `R#${nonce}` },
        sk: { S: 'refund' },
        by: { S: by },
        ttl: ttlAfter(until),
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  }
}

/** A counter that was reset has nothing to give back. */
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
