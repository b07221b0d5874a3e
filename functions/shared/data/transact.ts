import {
  type CancellationReason,
  type TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { isRefusal } from '../aws/call-errors.ts'
import type { CallOptions } from '../aws/create-send.ts'
import type { DynamoDB } from '../aws/dynamodb.ts'
import type { Item } from './table.ts'

/** The part that one item had in the cancellation of a transaction. */
export type Cancellation =
  /** This item did not cause it. */
  | { reason: 'none' }
  /** Its condition failed; `item` is the item that exists, if any. */
  | { reason: 'condition'; item: Item | undefined }
  /** Another request was writing the item. */
  | { reason: 'conflict' }
  /** The item's partition or the table exceeded its capacity. */
  | { reason: 'throttled' }

/** The outcome of a transaction: either all of it was written, or nothing. */
export type TransactOutcome =
  | { outcome: 'written' }
  /** One entry per item, in the same order. */
  | { outcome: 'cancelled'; items: readonly Cancellation[] }

export interface Transaction {
  /** Up to 100. */
  items: readonly TransactWriteItem[]
  /**
   * 1 to 36 characters, unique to the transaction: for 10 minutes DynamoDB treats the same token as a repeat, so that a
   * retry after a lost response is harmless. Without a token each attempt is a transaction of its own.
   */
  token?: string
}

/**
 * Writes several items or none. A cancellation is an outcome, not an error: after a conflict or throttling the same
 * transaction may succeed a moment later, under another token.
 *
 * @throws TransactionCanceledException when DynamoDB gives any other reason (an item that is too large, say), and what
 * `DynamoDB` throws.
 */
export async function transact(
  client: DynamoDB,
  { items, token }: Transaction,
  options: CallOptions,
): Promise<TransactOutcome> {
  try {
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: items.map(askingForItem), ClientRequestToken: token }),
      options,
    )
    return { outcome: 'written' }
  } catch (error) {
    if (!isRefusal<TransactionCanceledException>(error, 'TransactionCanceledException')) throw error
    const cancellations = error.CancellationReasons?.flatMap((reason) => toCancellation(reason) ?? [])
    if (cancellations?.length !== items.length) throw error
    return { outcome: 'cancelled', items: cancellations }
  }
}

/** Checks for a reason other than a condition: the same transaction may succeed a moment later. */
export function isPassing({ reason }: Cancellation): boolean {
  return reason === 'conflict' || reason === 'throttled'
}

/** Requests the existing item in case the condition fails, which costs nothing. */
function askingForItem(item: TransactWriteItem): TransactWriteItem {
  const writes = Object.entries(item).map(([kind, write]) => [
    kind,
    { ...write, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
  ])
  return Object.fromEntries(writes)
}

/** Returns `undefined` if no retry would help. */
function toCancellation({ Code, Item }: CancellationReason): Cancellation | undefined {
  switch (Code) {
    case 'None':
      return { reason: 'none' }
    case 'ConditionalCheckFailed':
      return { reason: 'condition', item: Item }
    case 'TransactionConflict':
      return { reason: 'conflict' }
    case 'ThrottlingError':
    case 'ProvisionedThroughputExceeded':
      return { reason: 'throttled' }
  }
  return undefined
}
