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

/** The items that are there, in no order; each key once. */
export type BatchGet = (keys: readonly Item[], options: { consistent: boolean; signal: AbortSignal }) => Promise<Item[]>

/** What a request takes. */
const MAX_KEYS = 100
/** Tries, each of what was left unread: pauses of three quarters of a second at most in all. */
const MAX_TRIES = 5

/**
 * Reads any number of items, a hundred a request, the requests at the same time. What DynamoDB leaves unread, because it
 * is over 16 MB or throttled, is asked for again after a random pause that doubles, as AWS advises for `UnprocessedKeys`:
 * at once it would only be throttled again.
 *
 * @throws AppError (retryable) `rate-limited` when something stays unread, so that it is never taken for missing; else
 * as `DynamoDB` does.
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

/** The client has no such code of its own: what else fails was tried again already. */
function isLeftUnread(error: unknown): boolean {
  return error instanceof AppError && error.code === 'rate-limited'
}
