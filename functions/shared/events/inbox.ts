import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../aws/aws-error.ts'
import type { Clock, Random, RandomBytes } from '../clock.ts'
import type { Item } from '../data/conditional-write.ts'
import type { DynamoDB } from '../data/dynamodb.ts'
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
   * @param effect up to 99 items; the answer of a condition that fails is set here.
   * @throws AppError (retryable) `conflict` when other transactions keep getting in the way, else as `DynamoDB` does.
   */
  once: (eventId: string, effect: readonly TransactWriteItem[], signal: AbortSignal) => Promise<OnceOutcome>
}

export interface InboxOptions {
  dynamodb: DynamoDB
  /** The system's own table, which holds the records. */
  tableName: string
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
  const { dynamodb, tableName, consumer, now, random, randomBytes, startTimer = realTimer } = options
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
      const items = [recordOf(eventId), ...effect.map(askingForItem)]
      return retried(async (inner) => {
        // The client repeats the call under this token, so that a lost answer doesn't make it look `repeated`. What was
        // cancelled gets another: it is another transaction.
        const token = Buffer.from(randomBytes(18)).toString('base64url')
        const input = { TransactItems: items, ClientRequestToken: token }
        try {
          await dynamodb('TransactWriteItems', input, { signal: inner })
          return { outcome: 'done' }
        } catch (error) {
          return judge(error)
        }
      }, signal)
    },
  }
}

/** An answer with what is there instead, for each kind of item that can have a condition. */
function askingForItem(item: TransactWriteItem): TransactWriteItem {
  const entries = Object.entries(item).map(([kind, write]) => [
    kind,
    { ...write, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
  ])
  return Object.fromEntries(entries)
}

interface Reason {
  Code?: string
  Item?: Item
}

/** Reasons that pass by themselves, of a transaction that was cancelled for them. */
const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

function judge(error: unknown): OnceOutcome {
  if (!(error instanceof AwsError) || error.code !== 'TransactionCanceledException') throw error
  const [record, ...reasons] = (error.fields.CancellationReasons ?? []) as Reason[]
  if (record?.Code === 'ConditionalCheckFailed') return { outcome: 'repeated' }
  // Before the conditions: what is in the way may be this very event's effect, on another path.
  if ([record, ...reasons].some((reason) => PASSING.has(reason?.Code ?? ''))) {
    throw new AppError('conflict', 'Other transactions are in the way', { cause: error, retryable: true })
  }
  const index = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed')
  if (index < 0) throw error
  return { outcome: 'refused', index, item: reasons[index]?.Item }
}
