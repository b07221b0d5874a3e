import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import { retry } from '../resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../resilience/timer.ts'
import type { Item, Table } from './table.ts'

export interface BatchGetOptions extends Table {
  random: Random
  startTimer?: StartTimer
}

/** Returns the items that exist, in any order. No key may be given twice. */
export type BatchGet = (keys: readonly Item[], options: { consistent: boolean; signal: AbortSignal }) => Promise<Item[]>

/** The limit of one request. */
const MAX_KEYS = 100
/** Attempts, each for the keys that are still unprocessed. The pauses add up to at most three quarters of a second. */
const MAX_TRIES = 5

/**
 * Reads any number of items, a hundred per request, with concurrent requests. Keys that DynamoDB leaves unprocessed,
 * because of throttling or its limit of 16 MB, are retried with exponential backoff and jitter, as AWS recommends for
 * `UnprocessedKeys`: an immediate retry would only be throttled again.
 *
 * @throws AppError (retryable) `rate-limited` when keys stay unprocessed, so that their items are never taken for
 * missing; otherwise as `DynamoDB` does.
 */
export function createBatchGet(options: BatchGetOptions): BatchGet {
  const { client, tableName, random, startTimer = realTimer } = options
  const untilAllAreRead = retry({
    maxAttempts: MAX_TRIES,
    baseMs: 50,
    capMs: 1000,
    isRetryable: isLeftUnread,
    startTimer,
    random,
  })

  const readSome: BatchGet = async (keys, { consistent, signal }) => {
    const found: Item[] = []
    let Keys = [...keys]
    await untilAllAreRead(async (inner) => {
      const RequestItems = { [tableName]: { Keys, ConsistentRead: consistent } }
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }), {
        signal: inner,
      })
      found.push(...(Responses?.[tableName] ?? []))
      Keys = UnprocessedKeys?.[tableName]?.Keys ?? []
      if (Keys.length > 0) throw new AppError('rate-limited', 'DynamoDB left items unread', { retryable: true })
    }, signal)
    return found
  }

  return async (keys, asked) => {
    const requests = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, index) =>
      readSome(keys.slice(index * MAX_KEYS, (index + 1) * MAX_KEYS), asked),
    )
    return (await Promise.all(requests)).flat()
  }
}

/** Recognises unprocessed keys. The client never uses this code, and has retried any other failure already. */
function isLeftUnread(error: unknown): boolean {
  return error instanceof AppError && error.code === 'rate-limited'
}
