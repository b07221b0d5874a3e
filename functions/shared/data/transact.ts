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

/** Why a transaction was cancelled, as far as one of its items goes. */
export type Cancellation =
  /** This item was in nobody's way. */
  | { reason: 'none' }
  /** Its condition did not hold; `item` is what is there instead, if anything. */
  | { reason: 'condition'; item: Item | undefined }
  /** Another request was writing the item. */
  | { reason: 'conflict' }
  /** The item's partition or the table gets more than it can take. */
  | { reason: 'throttled' }

/** What became of a transaction: all of it was written, or nothing. */
export type TransactOutcome =
  | { outcome: 'written' }
  /** One entry for each item, in their order. */
  | { outcome: 'cancelled'; items: readonly Cancellation[] }

export interface Transaction {
  /** Up to 100. */
  items: readonly TransactWriteItem[]
  /**
   * 1 to 36 characters, another one for each transaction: for 10 minutes DynamoDB takes the same one for a repeat, so
   * that a try whose answer was lost does no harm. Without one each try counts as another transaction.
   */
  token?: string
}

/**
 * Writes several items or none. That others were in the way is an outcome and no error: after a conflict or throttling
 * the same transaction may pass a moment later, under another token.
 *
 * @throws TransactionCanceledException when DynamoDB names any other reason (an item too large, say), and what
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
    const cancellations = (error.CancellationReasons ?? []).flatMap((reason) => toCancellation(reason) ?? [])
    if (cancellations.length !== items.length) throw error
    return { outcome: 'cancelled', items: cancellations }
  }
}

/** Whether something else than a condition stopped a transaction: then it may pass a moment later as it is. */
export function isPassing({ reason }: Cancellation): boolean {
  return reason === 'conflict' || reason === 'throttled'
}

/** Asks for what is there instead when a condition fails; it costs nothing. */
function askingForItem(item: TransactWriteItem): TransactWriteItem {
  const writes = Object.entries(item).map(([kind, write]) => [
    kind,
    { ...write, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
  ])
  return Object.fromEntries(writes)
}

/** `undefined`: no later try would help. */
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
    default:
      return undefined
  }
}
