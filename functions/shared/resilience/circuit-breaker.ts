import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { checkRange, isTransient, MAX_MS, type Policy } from './policy.ts'
import type { TripRule } from './trip-rule.ts'

/**
 * `half-opened`: a probe begins. `rejected`: a call was refused; `retryAfterMs` is 0 while a probe is under way, whose
 * end nobody knows.
 */
export type CircuitBreakerEvent =
  | { type: 'opened'; error: unknown; openMs: number }
  | { type: 'half-opened' }
  | { type: 'closed' }
  | { type: 'rejected'; retryAfterMs: number }

export interface CircuitBreakerOptions {
  /** The time for which an open circuit refuses all calls, before one may probe, in milliseconds. */
  openMs: number
  tripRule: TripRule
  /** Decides which errors are failures of the dependency; all others are answers. @default `isTransient` */
  isFailure?: (error: unknown) => boolean
  now: Clock
  onEvent?: (event: CircuitBreakerEvent) => void
}

type Closed = { kind: 'closed'; shouldOpen: (failed: boolean) => boolean }
type Open = { kind: 'open'; openedAt: number; error: unknown }
/** One probe is under way; an open circuit is what it returns to when the probe is abandoned. */
type HalfOpen = { kind: 'half-open'; openedAt: number; error: unknown }
type State = Closed | Open | HalfOpen

/** `answered`: with a result, or with an error that is no failure. */
type Outcome = 'answered' | 'failed' | 'abandoned'

/**
 * Spares a dependency that fails, and the caller the wait: after too many failures (`tripRule`) it refuses calls for
 * `openMs` with a retryable `circuit-open`, whose cause is the failure that opened it. Then exactly one call is let
 * through as a probe: an answer closes the circuit, a failure opens it anew.
 *
 * The state is this environment's own. A call that its caller aborted says nothing about the dependency: it counts
 * neither way, and a probe that was aborted leaves its place to the next call. Put a `timeout` inside: a probe that
 * never ended would keep the circuit half open.
 *
 * @throws RangeError for an `openMs` out of range.
 */
export function circuitBreaker(options: CircuitBreakerOptions): Policy {
  const { openMs, isFailure = isTransient } = options
  checkRange({ openMs }, 1, MAX_MS)
  const admit = createCircuit(options)
  return async (operation, signal = new AbortController().signal) => {
    signal.throwIfAborted()
    const settle = admit()
    try {
      const result = await operation(signal)
      settle('answered')
      return result
    } catch (error) {
      const outcome = isFailure(error) ? 'failed' : 'answered'
      settle(signal.aborted ? 'abandoned' : outcome, error)
      throw error
    }
  }
}

/** Admits a call, or throws `circuit-open`; what it returns takes in how the call ended. */
function createCircuit({ openMs, tripRule, now, onEvent }: CircuitBreakerOptions) {
  let state: State = { kind: 'closed', shouldOpen: tripRule() }

  function settle(admitted: Closed | HalfOpen, outcome: Outcome, error: unknown): void {
    // A call that began in an earlier period says nothing about this one.
    if (state !== admitted) return
    const failed = outcome === 'failed'
    if (outcome === 'abandoned') {
      if (admitted.kind === 'half-open') state = { ...admitted, kind: 'open' }
    } else if (admitted.kind === 'closed' ? admitted.shouldOpen(failed) : failed) {
      state = { kind: 'open', openedAt: now(), error }
      onEvent?.({ type: 'opened', error, openMs })
    } else if (admitted.kind === 'half-open') {
      state = { kind: 'closed', shouldOpen: tripRule() }
      onEvent?.({ type: 'closed' })
    }
  }

  /** Synchronous, so that no two calls become the probe. */
  return () => {
    if (state.kind !== 'closed') state = probe(state)
    const admitted = state
    return (outcome: Outcome, error?: unknown) => settle(admitted, outcome, error)
  }

  function probe({ kind, openedAt, error }: Open | HalfOpen): HalfOpen {
    const waitMs = openMs - (now() - openedAt)
    // More than `openMs` to wait: the clock was set back, which must not keep the circuit open for longer.
    if (kind === 'open' && (waitMs <= 0 || waitMs > openMs)) {
      onEvent?.({ type: 'half-opened' })
      return { kind: 'half-open', openedAt, error }
    }
    onEvent?.({ type: 'rejected', retryAfterMs: kind === 'open' ? waitMs : 0 })
    throw new AppError('circuit-open', 'Not called: too many recent calls failed', { retryable: true, cause: error })
  }
}
