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
  /** Returns the id of a new operation, at random. */
  newOperationId: () => string
  /**
   * How long an attempt counts as under way: the function's timeout and a second, after which it is dead for certain
   * and another takes over.
   */
  leaseMs: number
  /**
   * Whether a repeat may get this answer again; else it runs the operation once more, under its id.
   *
   * @default any but 5xx and 429
   */
  isFinal?: (response: HttpResponse) => boolean
}

/**
 * Runs an operation once for each `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), scoped to tenant,
 * caller and route: a repeat within 24 h gets the first one's answer, any but 5xx and 429, refusals too.
 *
 * The operation gets an id that is the same when it is taken over from an attempt that died: whatever it creates must
 * follow from that id, so that doing it twice has the effect of once.
 *
 * @throws HttpProblem 422 `invalid-input` (the key, or two of them), 422 `idempotency-key-reused` (another body), 409
 * `operation-in-progress` with `Retry-After`.
 */
export type Idempotency = (
  request: HttpRequest,
  principal: Pick<Principal, 'sub' | 'tenant'>,
  operation: (operationId: string) => Promise<HttpResponse>,
) => Promise<HttpResponse>

/** How long an answer is kept. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** What fits into an item of 400 KB, with the rest of it. */
const MAX_KEPT_BYTES = 390_000

export function idempotency(options: IdempotencyOptions): Idempotency {
  const { store, now, newOperationId, leaseMs, isFinal = isNoFailure } = options
  /** Not being able to is no reason to hide what the operation failed of: the lease ends by itself. */
  const release = (attempt: Attempt, { signal, logger }: HttpRequest) =>
    store.release(attempt, signal).catch((error: unknown) => logger.warn('release failed', { error }))
  return async (request, { tenant, sub }, operation) => {
    const key = singleHeader(request, 'idempotency-key')
    if (key === undefined) return operation(newOperationId())
    checkKey(key)
    const begun = await store.begin(
      {
        id: `${tenant}#${hash(sub, request.routeKey, key)}`,
        // With the key, which is stored nowhere: a guess at a secret in the body can't be checked against the hash.
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
    // An answer that is too long to be kept is made anew: that the operation runs again changes nothing.
    if (isFinal(answer.response) && Buffer.byteLength(JSON.stringify(stored)) <= MAX_KEPT_BYTES) {
      await store.complete(begun.attempt, stored, request.signal)
    } else {
      await release(begun.attempt, request)
    }
    if (answer.error !== undefined) throw answer.error
    return answer.response
  }
}

/** A refusal is an answer too, and is kept as the response that the client gets. */
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

/** Parts that hold any character, told apart by their lengths. */
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
    detail: 'This Idempotency-Key was sent with another body: use a new one.',
  })
}

/**
 * Most operations take less than a second, and few as long as their lease. Whoever is told to wait as long again as the
 * operation has run so far waits for about twice its time at most, and asks few times for a long one; when the lease
 * ends, another attempt may take over.
 */
function running(leftMs: number, leaseMs: number): HttpProblem {
  const waitMs = Math.min(leaseMs - leftMs, leftMs)
  return new HttpProblem({
    status: 409,
    code: 'operation-in-progress',
    detail: 'The first request with this Idempotency-Key is still under way.',
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  })
}
