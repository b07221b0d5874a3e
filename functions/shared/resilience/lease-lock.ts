import type { Clock } from '../clock.ts'
import type { StartTimer } from './timer.ts'

/** A granted lease. */
export interface Lease {
  /** The name of what the lease protects. */
  readonly name: string
  /**
   * The fencing token: larger than that of every earlier lease of this name. What the lease protects must refuse a write
   * with a smaller token than the largest one it has seen.
   */
  readonly token: number
}

/** The request for a lease. Times are milliseconds since the epoch. */
export interface LeaseRequest {
  readonly name: string
  /** Unique to this request, so that a repeat after a lost response finds its own lease. */
  readonly holder: string
  readonly now: number
  readonly until: number
}

export type LeaseOutcome = { outcome: 'granted'; lease: Lease } | { outcome: 'held'; until: number }

/** Keeps leases, such as in a table: see `createLeaseStore`. */
export interface LeaseStore {
  /** Grants the lease unless another one has not ended by `now`. Tokens grow by at least 1. */
  acquire: (request: LeaseRequest, signal: AbortSignal) => Promise<LeaseOutcome>
  /** Ends a lease before its time, unless a later one was granted. Tokens go on growing. */
  release: (lease: Lease, signal: AbortSignal) => Promise<void>
}

export interface LeaseLockOptions {
  store: LeaseStore
  /** The length of a lease in milliseconds: the time after which a holder that died is replaced. */
  leaseMs: number
  /** Returns a new id each time. */
  newHolder: () => string
  now: Clock
  startTimer: StartTimer
  /** Receives the error of a release. The lease then ends by itself. */
  onReleaseFailed: (error: unknown) => void
}

export type Locked<Value> = { outcome: 'done'; value: Value } | { outcome: 'held'; retryAfterMs: number }

/** Runs work while no other holder of the same name does, or doesn't run it. */
export type LeaseLock = <Value>(
  name: string,
  work: (lease: Lease, signal: AbortSignal) => Promise<Value>,
  signal: AbortSignal,
) => Promise<Locked<Value>>

/**
 * Creates a lock by leases. A lease ends by itself, so that a holder that dies blocks nobody for longer than `leaseMs`;
 * the signal of the work aborts at that time.
 *
 * Leases alone don't exclude two holders: a process may pause and go on after its lease, and clocks differ. So each
 * lease has a fencing token, with which the protected resource refuses the writes of an earlier holder (M. Kleppmann,
 * "How to do distributed locking", 2016, https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html).
 * The lock saves work, the token keeps it correct.
 */
export function leaseLock({
  store,
  leaseMs,
  newHolder,
  now,
  startTimer,
  onReleaseFailed,
}: LeaseLockOptions): LeaseLock {
  return async (name, work, signal) => {
    const start = now()
    const ended = new AbortController()
    // The timer starts before the request, so that the holder's view of the lease never outlasts the store's.
    const cancel = startTimer(() => ended.abort(new Error('The lease has ended.')), leaseMs)
    try {
      const asked = { name, holder: newHolder(), now: start, until: start + leaseMs }
      const result = await store.acquire(asked, signal)
      if (result.outcome === 'held') return { outcome: 'held', retryAfterMs: Math.max(0, result.until - start) }
      try {
        return { outcome: 'done', value: await work(result.lease, AbortSignal.any([signal, ended.signal])) }
      } finally {
        await store.release(result.lease, signal).catch(onReleaseFailed)
      }
    } finally {
      cancel()
    }
  }
}
