import { type CallService, isObject, problemCode, requireAnswer } from './call-service.ts'
import { LimiterUnavailable } from './errors.ts'
import { runHolding } from './run-holding.ts'

export interface SlotRequest {
  /** A concurrency policy. */
  policy: string
  subject: string
  /** The time for which the slot is held without a heartbeat, 1,000 to 3,600,000 ms. */
  ttlMs: number
  /** A repetition with the same key gets the same slot. */
  idempotencyKey?: string
  signal?: AbortSignal | undefined
}

export type AcquireResult =
  | { outcome: 'acquired'; slotId: string; expiresAt: Date }
  /** `retryAfterMs` is `null` when the service names no time. */
  | { outcome: 'denied'; retryAfterMs: number | null }
  /** `onUnavailable` decided. The service may have given a slot, which is free again when it expires. */
  | { outcome: 'unavailable'; allowed: boolean; error: LimiterUnavailable }

export type WithSlotResult<T> =
  | { outcome: 'done'; value: T }
  | Extract<AcquireResult, { outcome: 'denied' }>
  /** The work was not begun, because the client fails closed. */
  | { outcome: 'unavailable'; error: LimiterUnavailable }

interface CallOptions {
  signal?: AbortSignal | undefined
}

export interface Slots {
  /** @throws LimiterProblem when the service refuses the request. */
  acquire(request: SlotRequest): Promise<AcquireResult>
  /**
   * Holds a slot for as long again as it was acquired for.
   *
   * @throws LimiterProblem or LimiterUnavailable.
   */
  heartbeat(slotId: string, options?: CallOptions): Promise<{ outcome: 'held'; expiresAt: Date } | { outcome: 'lost' }>
  /**
   * Gives a slot back. It may be repeated.
   *
   * @throws LimiterProblem or LimiterUnavailable.
   */
  release(slotId: string, options?: CallOptions): Promise<{ outcome: 'released' | 'lost' }>
  /**
   * Runs work while it holds a slot: sends a heartbeat every third of `ttlMs` and gives the slot back at the end. The
   * signal that the work gets is aborted by the caller's signal, or with SlotLost when the slot is lost; then others may
   * work beside it. A client that fails open begins without a slot while the service is down, and loses none by silence.
   *
   * @throws LimiterProblem, the reason of the caller's signal, or what the work throws.
   */
  withSlot<T>(request: SlotRequest, work: (signal: AbortSignal) => Promise<T>): Promise<WithSlotResult<T>>
}

/** Builds the client's part for concurrency policies. */
export function createSlots({ call, isOpen }: { call: CallService; isOpen: boolean }): Slots {
  const slots: Slots = {
    async acquire({ policy, subject, ttlMs, idempotencyKey, signal }) {
      try {
        const headers: Record<string, string> =
          idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
        const answer = await call({
          method: 'POST',
          path: '/v1/slots',
          body: { policy, subject, ttlMs },
          headers,
          signal,
        })
        if (answer.status === 429 && problemCode(answer) === 'rate-limited') {
          return { outcome: 'denied', retryAfterMs: retryAfterMs(answer.headers) }
        }
        const { slotId, expiresAt } = requireAnswer(answer, isSlot)
        return { outcome: 'acquired', slotId, expiresAt: new Date(expiresAt) }
      } catch (error) {
        if (error instanceof LimiterUnavailable) return { outcome: 'unavailable', allowed: isOpen, error }
        throw error
      }
    },
    async heartbeat(slotId, { signal } = {}) {
      const answer = await call({ method: 'PUT', path: slotPath(slotId), signal })
      if (answer.status === 404 && problemCode(answer) === 'not-found') return { outcome: 'lost' }
      return { outcome: 'held', expiresAt: new Date(requireAnswer(answer, hasExpiry).expiresAt) }
    },
    async release(slotId, { signal } = {}) {
      const answer = await call({ method: 'DELETE', path: slotPath(slotId), signal })
      if (answer.status === 404 && problemCode(answer) === 'not-found') return { outcome: 'lost' }
      requireAnswer(answer, isAnything)
      return { outcome: 'released' }
    },
    async withSlot(request, work) {
      const askedAt = performance.now()
      const result = await slots.acquire(request)
      if (result.outcome === 'denied') return result
      if (result.outcome === 'unavailable' && !result.allowed) return { outcome: 'unavailable', error: result.error }
      const slotId = result.outcome === 'acquired' ? result.slotId : undefined
      const { ttlMs, signal } = request
      const value = await runHolding({ slots, slotId, ttlMs, signal, isOpen, askedAt }, work)
      return { outcome: 'done', value }
    },
  }
  return slots
}

function slotPath(slotId: string): string {
  return `/v1/slots/${encodeURIComponent(slotId)}`
}

function retryAfterMs(headers: Headers): number | null {
  const seconds = headers.get('retry-after') ?? ''
  return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : null
}

function hasExpiry(json: unknown): json is { expiresAt: string } {
  return isObject(json) && typeof json.expiresAt === 'string' && !Number.isNaN(Date.parse(json.expiresAt))
}

function isSlot(json: unknown): json is { slotId: string; expiresAt: string } {
  return hasExpiry(json) && 'slotId' in json && typeof json.slotId === 'string'
}

function isAnything(_json: unknown): _json is unknown {
  return true
}
