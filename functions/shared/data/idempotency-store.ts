import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { AppError } from '../errors.ts'
import { conditionalWrite } from './conditional-write.ts'
import type { Item, Table } from './table.ts'

/** A stored response. Typical ones take a few of the 400 KB that an item may have. */
export interface StoredAnswer {
  status: number
  headers: Record<string, string>
  /** JSON; absent for a response without a body. */
  body?: string
}

/** One attempt at an operation: only the latest one may record the outcome. */
export interface Attempt {
  id: string
  attemptId: string
}

export interface Begin extends Attempt {
  /** The fingerprint of the request: a repeated key must have the same one. */
  fingerprint: string
  /** The id of the operation if it is new; an operation that is taken over keeps its own. */
  operationId: string
  /** Milliseconds since the epoch, like the next two. */
  now: number
  leaseUntil: number
  keptUntil: number
}

export type Begun =
  | { outcome: 'started'; operationId: string; attempt: Attempt }
  | { outcome: 'running'; leaseUntil: number }
  | { outcome: 'answered'; answer: StoredAnswer }
  | { outcome: 'reused' }

/** The item of an operation, as far as it is read. A response takes the place of the lease. */
type Operation = Record<'attemptId' | 'operationId' | 'fingerprint', AttributeValue.SMember> &
  Record<'leaseUntil' | 'keptUntil', AttributeValue.NMember> & { answer?: AttributeValue.SMember }

export interface IdempotencyStore {
  begin: (begin: Begin, signal: AbortSignal) => Promise<Begun>
  /** Stores the response, unless another attempt has taken over. */
  complete: (attempt: Attempt, answer: StoredAnswer, signal: AbortSignal) => Promise<void>
  /** Ends a failed attempt, so that the next one need not wait; the operation keeps its id. */
  release: (attempt: Attempt, signal: AbortSignal) => Promise<void>
}

/**
 * Stores operations in a system's own table: `pk = I#<tenant>#<hash>`, `sk = idempotency`. DynamoDB may delete expired
 * items late (`ttl`), so the conditions check the time themselves.
 */
export function createIdempotencyStore({ client, tableName }: Table): IdempotencyStore {
  const table = { TableName: tableName }
  const ownAttempt = ({ id, attemptId }: Attempt) => ({
    ...table,
    Key: keyOf(id),
    ConditionExpression: 'attemptId = :attempt',
    ExpressionAttributeValues: { ':attempt': { S: attemptId } },
  })
  /** Deletes an expired operation; if another request was faster, the next `begin` sees its operation. */
  const forget = async (id: string, now: number, signal: AbortSignal) => {
    const input = {
      ...table,
      Key: keyOf(id),
      ConditionExpression: 'keptUntil <= :now',
      ExpressionAttributeValues: { ':now': { N: String(now) } },
    }
    await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
  }
  const beginWithin = async (attempts: number, asked: Begin, signal: AbortSignal): Promise<Begun> => {
    const { id, attemptId, now } = asked
    const input = { ...table, ...beginInput(asked) }
    const { item } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    const operation = item as Operation | undefined
    // This write began the operation, or our own earlier attempt did, whose response was lost.
    if (operation?.attemptId.S === attemptId) {
      return { outcome: 'started', operationId: operation.operationId.S, attempt: { id, attemptId } }
    }
    if (operation && Number(operation.keptUntil.N) > now) return refusal(operation, asked)
    if (attempts === 1)
      throw new AppError('conflict', 'An expired operation could not be replaced', { retryable: true })
    await forget(id, now, signal)
    return beginWithin(attempts - 1, asked, signal)
  }

  return {
    begin: (asked, signal) => beginWithin(MAX_BEGINS, asked, signal),
    async complete(attempt, answer, signal) {
      const input = ownAttempt(attempt)
      await conditionalWrite(
        client,
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
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

/** An expired operation is deleted and begun again; another request may do the same at the same time. */
const MAX_BEGINS = 3

/** Builds one write that begins a new operation, or takes over a dead one under its old id. */
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

function refusal(operation: Operation, { fingerprint }: Begin): Begun {
  if (operation.fingerprint.S !== fingerprint) return { outcome: 'reused' }
  if (operation.answer) return { outcome: 'answered', answer: JSON.parse(operation.answer.S) }
  return { outcome: 'running', leaseUntil: Number(operation.leaseUntil.N) }
}

function keyOf(id: string): Item {
  return { pk: { S: `I#${id}` }, sk: { S: 'idempotency' } }
}
