import { AppError } from '../errors.ts'
import { conditionalWrite, type Item } from './conditional-write.ts'
import type { DynamoDB } from './dynamodb.ts'

/** An answer as it is kept: 400 KB is an item's limit, of which ours use a few. */
export interface StoredAnswer {
  status: number
  headers: Record<string, string>
  /** JSON; absent for an answer without a body. */
  body?: string
}

/** One attempt at an operation: only the latest one may say how it ended. */
export interface Attempt {
  id: string
  attemptId: string
}

export interface Begin extends Attempt {
  /** Of what was asked: the same key must come with the same. */
  fingerprint: string
  /** The operation's id, if it is new; one that is taken over keeps its own. */
  operationId: string
  /** Milliseconds since the epoch, all three. */
  now: number
  leaseUntil: number
  keptUntil: number
}

export type Begun =
  | { outcome: 'started'; operationId: string; attempt: Attempt }
  | { outcome: 'running'; leaseUntil: number }
  | { outcome: 'answered'; answer: StoredAnswer }
  | { outcome: 'reused' }

export interface IdempotencyStore {
  begin: (begin: Begin, signal: AbortSignal) => Promise<Begun>
  /** Keeps the answer, unless another attempt has taken over. */
  complete: (attempt: Attempt, answer: StoredAnswer, signal: AbortSignal) => Promise<void>
  /** Ends an attempt that came to nothing, so that the next one need not wait; the operation keeps its id. */
  release: (attempt: Attempt, signal: AbortSignal) => Promise<void>
}

/**
 * Operations in a system's own table: `pk = I#<tenant>#<hash>`, `sk = idempotency`. DynamoDB may delete late what has
 * expired (`ttl`), so that conditions look at the time themselves.
 */
export function createIdempotencyStore(dynamodb: DynamoDB, tableName: string): IdempotencyStore {
  const table = { TableName: tableName }
  const ownAttempt = ({ id, attemptId }: Attempt) => ({
    ...table,
    Key: keyOf(id),
    ConditionExpression: 'attemptId = :attempt',
    ExpressionAttributeValues: { ':attempt': { S: attemptId } },
  })
  /** What is kept no longer goes; if somebody else was faster, the next `begin` sees what they did. */
  const forget = async (id: string, now: number, signal: AbortSignal) => {
    const input = {
      ...table,
      Key: keyOf(id),
      ConditionExpression: 'keptUntil <= :now',
      ExpressionAttributeValues: { ':now': { N: String(now) } },
    }
    await conditionalWrite(dynamodb, { operation: 'DeleteItem', input }, { signal })
  }
  const beginWithin = async (attempts: number, asked: Begin, signal: AbortSignal): Promise<Begun> => {
    const { id, attemptId, now } = asked
    const input = { ...table, ...beginInput(asked) }
    const { outcome, item } = await conditionalWrite(dynamodb, { operation: 'UpdateItem', input }, { signal })
    // Refused by our own earlier try, whose answer was lost: it began.
    if (outcome === 'written' || item?.attemptId?.S === attemptId) {
      return { outcome: 'started', operationId: item?.operationId?.S ?? '', attempt: { id, attemptId } }
    }
    if (Number(item?.keptUntil?.N) > now) return refusal(item ?? {}, asked)
    if (attempts === 1) throw new AppError('conflict', 'An expired operation stays', { retryable: true })
    await forget(id, now, signal)
    return beginWithin(attempts - 1, asked, signal)
  }

  return {
    begin: (asked, signal) => beginWithin(MAX_BEGINS, asked, signal),
    async complete(attempt, answer, signal) {
      const input = ownAttempt(attempt)
      await conditionalWrite(
        dynamodb,
        {
          operation: 'UpdateItem',
          input: {
            ...input,
            UpdateExpression: 'SET answer = :answer REMOVE leaseUntil',
            ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ':answer': { S: JSON.stringify(answer) } },
          },
        },
        { signal },
      )
    },
    async release(attempt, signal) {
      const input = { ...ownAttempt(attempt), UpdateExpression: 'SET leaseUntil = :past' }
      Object.assign(input.ExpressionAttributeValues, { ':past': { N: '0' } })
      await conditionalWrite(dynamodb, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

/** What has expired is forgotten and begun anew; somebody may do the same at the same moment. */
const MAX_BEGINS = 3

/** One write: it begins what is new, and takes over, under the operation's old id, what died. */
function beginInput({ id, attemptId, fingerprint, operationId, now, leaseUntil, keptUntil }: Begin) {
  const isDead =
    'attribute_not_exists(answer) AND leaseUntil <= :now AND keptUntil > :now AND fingerprint = :fingerprint'
  return {
    Key: keyOf(id),
    ConditionExpression: `attribute_not_exists(pk) OR (${isDead})`,
    UpdateExpression:
      'SET attemptId = :attempt, fingerprint = :fingerprint, leaseUntil = :leaseUntil, keptUntil = :keptUntil, #ttl = :ttl, operationId = if_not_exists(operationId, :operation)',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':attempt': { S: attemptId },
      ':fingerprint': { S: fingerprint },
      ':operation': { S: operationId },
      ':now': { N: String(now) },
      ':leaseUntil': { N: String(leaseUntil) },
      ':keptUntil': { N: String(keptUntil) },
      ':ttl': { N: String(Math.ceil(keptUntil / 1000)) },
    },
  }
}

function refusal(item: Item, { fingerprint, now }: Begin): Begun {
  if (item.fingerprint?.S !== fingerprint) return { outcome: 'reused' }
  if (item.answer?.S !== undefined) return { outcome: 'answered', answer: JSON.parse(item.answer.S) }
  return { outcome: 'running', leaseUntil: Number(item.leaseUntil?.N ?? now) }
}

function keyOf(id: string): Item {
  return { pk: { S: `I#${id}` }, sk: { S: 'idempotency' } }
}
