import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Clock, Random, RandomBytes } from '../clock.ts'
import type { Item, Table } from '../data/table.ts'
import { isPassing, type TransactOutcome, transact } from '../data/transact.ts'
import { AppError } from '../errors.ts'
import { retry } from '../resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../resilience/timer.ts'

/** What became of an event's effect. */
export type OnceOutcome =
  | { outcome: 'done' }
  /** It was done before. */
  | { outcome: 'repeated' }
  /** A condition of the effect did not hold, and nothing was written: which of its items, and what is there instead. */
  | { outcome: 'refused'; index: number; item: Item | undefined }

export interface Inbox {
  /**
   * Writes an effect once for an event, however often the event comes and wherever the function dies: the effect and
   * the record that it happened are one transaction.
   *
   * @param effect up to 99 items.
   * @throws AppError (retryable) `conflict` when other transactions keep getting in the way, else as `DynamoDB` does.
   */
  once: (eventId: string, effect: readonly TransactWriteItem[], signal: AbortSignal) => Promise<OnceOutcome>
}

/** The system's own table holds the records. */
export interface InboxOptions extends Table {
  /** Whose effect it is, as in `block-reported-links`: each consumer has its own of the same event. */
  consumer: string
  now: Clock
  random: Random
  randomBytes: RandomBytes
  startTimer?: StartTimer
}

/** Longer than a queue keeps a message. What lay in a dead-letter queue meanwhile had no effect yet. */
const KEPT_SECONDS = 7 * 24 * 60 * 60

/** Creates an inbox whose records are items of the table: `pk = X#<consumer>#<event id>`, `sk = inbox`, and a `ttl`. */
export function createInbox(options: InboxOptions): Inbox {
  const { client, tableName, consumer, now, random, randomBytes, startTimer = realTimer } = options
  // Only what the client doesn't try again itself.
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
        // The client repeats the call under this token, so that a lost answer doesn't make it look `repeated`. What was
        // cancelled gets another: it is another transaction.
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
  // Before the conditions: what is in the way may be this very event's effect, on another path.
  if (transaction.items.some(isPassing)) {
    throw new AppError('conflict', 'Other transactions are in the way', { retryable: true })
  }
  const index = effects.findIndex(({ reason }) => reason === 'condition')
  const effect = effects[index]
  return { outcome: 'refused', index, item: effect?.reason === 'condition' ? effect.item : undefined }
}
