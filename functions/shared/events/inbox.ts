import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Clock, Random, RandomBytes } from '../clock.ts'
import type { Item, Table } from '../data/table.ts'
import { isPassing, type TransactOutcome, transact } from '../data/transact.ts'
import { AppError } from '../errors.ts'
import { retry } from '../resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../resilience/timer.ts'

/** The outcome of an event's effect. */
export type OnceOutcome =
  | { outcome: 'done' }
  /** The effect was written before. */
  | { outcome: 'repeated' }
  /** A condition failed, and nothing was written: `index` is the place in the effect, `item` the item that exists. */
  | { outcome: 'refused'; index: number; item: Item | undefined }

export interface Inbox {
  /**
   * Writes the effect of an event once, however often the event is delivered and wherever the function crashes: the
   * effect and the record of it are one transaction.
   *
   * @param effect up to 99 items.
   * @throws AppError (retryable) `conflict` after repeated conflicts with other transactions, otherwise as `DynamoDB`
   * does.
   */
  once: (eventId: string, effect: readonly TransactWriteItem[], signal: AbortSignal) => Promise<OnceOutcome>
}

/** Options of an inbox. The records are in the system's own table. */
export interface InboxOptions extends Table {
  /** The consumer, such as `block-reported-links`. Each consumer of an event has an effect of its own. */
  consumer: string
  now: Clock
  random: Random
  randomBytes: RandomBytes
  startTimer?: StartTimer
}

/** Longer than a queue keeps a message. A message that was in a dead-letter queue meanwhile had no effect yet. */
const KEPT_SECONDS = 7 * 24 * 60 * 60

/** Creates an inbox whose records are items of the table: `pk = X#<consumer>#<event id>`, `sk = inbox`, and a `ttl`. */
export function createInbox(options: InboxOptions): Inbox {
  const { client, tableName, consumer, now, random, randomBytes, startTimer = realTimer } = options
  // The client itself retries all other errors.
  const isRetryable = (error: unknown) => error instanceof AppError && error.code === 'conflict'
  const retried = retry({ maxAttempts: 5, baseMs: 20, capMs: 300, isRetryable, startTimer, random })

  const recordOf = (eventId: string): TransactWriteItem => ({
    Put: {
      TableName: tableName,
      Item: {
        pk: { S: `X#${consumer}#${eventId}` },
        sk: { S: 'inbox' },
        ttl: { N: String(Math.ceil(now() / 1000) + KEPT_SECONDS) },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  })

  return {
    once(eventId, effect, signal) {
      const items = [recordOf(eventId), ...effect]
      return retried(async (inner) => {
        // The client retries the call under this token, so that after a lost response it doesn't look `repeated`. After
        // a cancellation a new token makes a new transaction.
        const token = Buffer.from(randomBytes(18)).toString('base64url')
        return judge(await transact(client, { items, token }, { signal: inner }))
      }, signal)
    },
  }
}

function judge(transaction: TransactOutcome): OnceOutcome {
  if (transaction.outcome === 'written') return { outcome: 'done' }
  const [record, ...effects] = transaction.items
  if (record?.reason === 'condition') return { outcome: 'repeated' }
  // Checked before the conditions, because a conflict may be with this event's own effect in another invocation.
  if (transaction.items.some(isPassing)) {
    throw new AppError('conflict', 'Other transactions conflict with the effect', { retryable: true })
  }
  const index = effects.findIndex(({ reason }) => reason === 'condition')
  const effect = effects[index]
  return { outcome: 'refused', index, item: effect?.reason === 'condition' ? effect.item : undefined }
}
