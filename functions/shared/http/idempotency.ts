import { createHash } from 'node:crypto'
import type { Principal } from '../auth/principal.ts'
import type { Clock } from '../clock.ts'
import type { Attempt, IdempotencyStore, StoredAnswer } from '../data/idempotency-store.ts'
import { toProblem } from './handler.ts'
import { invalidInput } from './invalid-input.ts'
import type { HttpRequest } from './request.ts'
import { HttpProblem, type HttpResponse, problemResponse } from './response.ts'
import { singleHeader } from './single-values.ts'

export interface IdempotencyOptions {
  store: IdempotencyStore
  now: Clock
  /** Returns a random id for a new operation. */
  newOperationId: () => string
  /**
   * The time for which an attempt counts as running: the function's timeout and a second, after which it is certainly
   * dead and another attempt takes over.
   */
  leaseMs: number
  /**
   * Decides whether a repeat gets this response again; otherwise it runs the operation once more, under the same id.
   *
   * @default true for any status except 5xx and 429
   */
  isFinal?: (response: HttpResponse) => boolean
}

/**
 * Runs an operation once for each `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), scoped to tenant,
 * caller and route: a repeat within 24 h gets the response to the first request, including refusals, unless it was 5xx
 * or 429.
 *
 * The operation gets an id, which stays the same when another attempt takes over: whatever it creates must be derived
 * from that id, so that running it twice has the effect of running it once.
 *
 * @throws HttpProblem 422 `invalid-input` (the key, or two of them), 422 `idempotency-key-reused` (another body), 409
 * `operation-in-progress` with `Retry-After`.
 */
export type Idempotency = (
  request: HttpRequest,
  principal: Pick<Principal, 'sub' | 'tenant'>,
  operation: (operationId: string) => Promise<HttpResponse>,
) => Promise<HttpResponse>

/** The time for which a response is stored. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** The size of a response that fits into an item of 400 KB with its other attributes. */
const MAX_KEPT_BYTES = 390_000

export function idempotency(options: IdempotencyOptions): Idempotency {
  const { store, now, newOperationId, leaseMs, isFinal = isNoFailure } = options
  /** A failed release must not hide the error of the operation: the lease expires by itself. */
  const release = (attempt: Attempt, { signal, logger }: HttpRequest) =>
    store.release(attempt, signal).catch((error: unknown) => logger.warn('release failed', { error }))
  return async (request, { tenant, sub }, operation) => {
    const key = singleHeader(request, 'idempotency-key')
    if (key === undefined) return operation(newOperationId())
    checkKey(key)
    const begun = await store.begin(
      {
        id: `${tenant}#${hash(sub, request.routeKey, key)}`,
        // Includes the key, which is never stored, so that guesses at a secret in the body can't be verified by the
        // hash.
        fingerprint: hash(key, request.path, request.body.toString('base64')),
        operationId: newOperationId(),
        attemptId: newOperationId(),
        now: now(),
        leaseUntil: now() + leaseMs,
        keptUntil: now() + KEPT_MS,
      },
      request.signal,
    )
    if (begun.outcome === 'reused') throw reused()
    if (begun.outcome === 'running') throw running(begun.leaseUntil - now(), leaseMs)
    if (begun.outcome === 'answered') return replay(begun.answer)

    const answer = await settle(request, () => operation(begun.operationId))
    const stored = toStored(answer.response)
    // A response that is too large to store is produced again: the operation is idempotent under its id.
    if (isFinal(answer.response) && Buffer.byteLength(JSON.stringify(stored)) <= MAX_KEPT_BYTES) {
      await store.complete(begun.attempt, stored, request.signal)
    } else {
      await release(begun.attempt, request)
    }
    if (answer.error !== undefined) throw answer.error
    return answer.response
  }
}

/** Turns a refusal into the response that the client gets, so that it is stored, too. */
async function settle(
  request: HttpRequest,
  operation: () => Promise<HttpResponse>,
): Promise<{ response: HttpResponse; error?: unknown }> {
  try {
    return { response: await operation() }
  } catch (error) {
    return { response: problemResponse(toProblem(error), request.requestId), error }
  }
}

function isNoFailure({ status }: HttpResponse): boolean {
  return status < 500 && status !== 429
}

function toStored({ status, headers = {}, body }: HttpResponse): StoredAnswer {
  return { status, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
}

function replay({ status, headers, body }: StoredAnswer): HttpResponse {
  const answer = { status, headers: { ...headers, 'idempotent-replayed': 'true' } }
  return body === undefined ? answer : { ...answer, body: JSON.parse(body) }
}

/** Hashes parts that may contain any character; their lengths delimit them. */
function hash(...parts: string[]): string {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(`${part.length}:${part}`)
  return digest.digest('base64url')
}

function checkKey(key: string): void {
  if (key.length >= 1 && key.length <= 255) return
  throw invalidInput([{ path: 'idempotency-key', message: 'must have 1 to 255 characters' }])
}

function reused(): HttpProblem {
  return new HttpProblem({
    status: 422,
    code: 'idempotency-key-reused',
    detail: 'This Idempotency-Key was sent with another body. Use a new one.',
  })
}

/**
 * Most operations take less than a second, and few as long as their lease. `Retry-After` is the time for which the
 * operation has run so far, so that a client waits at most about twice as long as the operation takes, and rarely polls
 * a long one; when the lease ends, another attempt may take over.
 */
function running(leftMs: number, leaseMs: number): HttpProblem {
  const waitMs = Math.min(leaseMs - leftMs, leftMs)
  return new HttpProblem({
    status: 409,
    code: 'operation-in-progress',
    detail: 'The first request with this Idempotency-Key is still in progress.',
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  })
}
