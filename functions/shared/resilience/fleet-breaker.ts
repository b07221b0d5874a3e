import { createSingleFlight } from '../cache/single-flight.ts'
import type { Clock } from '../clock.ts'
import { boundedMap } from '../rate-limit/counters/bounded-map.ts'
import { checkRange, MAX_MS } from './policy.ts'
import type { TripRule } from './trip-rule.ts'

/** The state of a breaker that all environments share. */
export interface FleetState {
  readonly kind: 'closed' | 'open' | 'half-open'
  /**
   * Milliseconds since the epoch. Open: when a probe may begin. Half-open: when the probe counts as dead. Closed: without
   * meaning.
   */
  readonly until: number
  /** Raised by each change. */
  readonly version: number
}

/** A breaker that never opened, and is not stored. */
export const NEVER_OPENED: FleetState = { kind: 'closed', until: 0, version: 0 }

/** The result of a change: the state as it is now, and whether this caller made it so. */
export interface Moved {
  readonly isOurs: boolean
  readonly state: FleetState
}

/** The shared state of all breakers. */
export interface FleetBreakerStore {
  read: (name: string, signal: AbortSignal) => Promise<FleetState>
  /** Changes a state if it is still the one that the caller knows: of several at once one succeeds. */
  move: (change: { name: string; from: FleetState; to: FleetState }, signal: AbortSignal) => Promise<Moved>
}

/** `reopened`: a probe failed. Each is told by the one environment that made the change. */
export interface FleetBreakerEvent {
  readonly type: 'opened' | 'half-opened' | 'reopened' | 'closed'
  readonly name: string
}

export interface FleetBreakerOptions {
  store: FleetBreakerStore
  /** The time for which an open circuit refuses all calls, before one may probe, in milliseconds. */
  openMs: number
  /** The time after which a probe without an end counts as dead: longer than any call takes. */
  probeMs: number
  /** Decides by this environment's own calls when to open the circuit for all. */
  tripRule: TripRule
  now: Clock
  onEvent?: (event: FleetBreakerEvent) => void
  /** Receives the error of a read or a change of the shared state, which never fails a call. */
  onFailure: (name: string, error: unknown) => void
}

/** `abandoned`: its caller gave up, which says nothing about the dependency. */
export type CallOutcome = 'answered' | 'failed' | 'abandoned'

export type Admission =
  /** `settle` takes in how the call ended. It never rejects. */
  | { readonly isAdmitted: true; readonly settle: (outcome: CallOutcome, signal: AbortSignal) => Promise<void> }
  | { readonly isAdmitted: false; readonly retryAfterMs: number }

export interface FleetBreaker {
  /** Asks whether the dependency of this name may be called. It never rejects. */
  admit: (name: string, signal: AbortSignal) => Promise<Admission>
}

/** The knowledge of an environment of one breaker. */
interface Known {
  state: FleetState
  readAt: number
  shouldOpen: (failed: boolean) => boolean
  /** True while this environment tries to become the probe. */
  isClaiming: boolean
}

/** An environment reads a shared state at most so often. */
const READ_EVERY_MS = 1000

/** The breakers that an environment remembers. */
const MAX_KNOWN = 5000

/**
 * A circuit breaker for a whole fleet of environments: each counts its own calls, and when its rule trips, it opens the
 * circuit for all. After `openMs` exactly one environment lets one call through as a probe: an answer closes the circuit
 * for all, a failure opens it anew. A probe whose environment died is followed by another one after `probeMs`.
 *
 * Environments read the shared state at most once a second, and so follow a change within a second. When the state can't
 * be read, calls go on by what was known last: the breaker spares a dependency, and must not be an outage of its own.
 *
 * @throws RangeError for an option out of range.
 */
export function fleetBreaker(options: FleetBreakerOptions): FleetBreaker {
  const { openMs, probeMs, now } = options
  checkRange({ openMs, probeMs }, 1, MAX_MS)
  const knownOf = createKnowledge(options)
  const move = createMove(options)

  async function settle(known: Known, admitted: { name: string; state: FleetState }, call: Ended): Promise<void> {
    const { name, state } = admitted
    // A call that began in an earlier period says nothing about this one.
    if (known.state.version !== state.version || known.state.kind !== state.kind) return
    const { outcome, signal } = call
    const open = { kind: 'open', until: now() + openMs } as const
    if (state.kind === 'closed') {
      if (outcome === 'abandoned' || !known.shouldOpen(outcome === 'failed')) return
      await move(known, { name, to: open, event: 'opened' }, signal)
    } else if (outcome === 'answered') {
      await move(known, { name, to: { kind: 'closed', until: 0 }, event: 'closed' }, signal)
    } else if (outcome === 'failed') {
      await move(known, { name, to: open, event: 'reopened' }, signal)
    } else {
      // The next call is the probe.
      await move(known, { name, to: { kind: 'open', until: now() } }, signal)
    }
  }

  const admitted = (known: Known, name: string): Admission => {
    const { state } = known
    return { isAdmitted: true, settle: (outcome, signal) => settle(known, { name, state }, { outcome, signal }) }
  }

  /** Makes this call the probe, unless another one was faster. */
  async function claimProbe(known: Known, name: string, signal: AbortSignal): Promise<Admission> {
    known.isClaiming = true
    const to = { kind: 'half-open', until: now() + probeMs } as const
    const isOurs = await move(known, { name, to, event: 'half-opened' }, signal)
    known.isClaiming = false
    return isOurs ? admitted(known, name) : { isAdmitted: false, retryAfterMs: READ_EVERY_MS }
  }

  return {
    async admit(name, signal) {
      const known = await knownOf(name, signal)
      const { kind, until } = known.state
      if (kind === 'closed') return admitted(known, name)
      const waitMs = until - now()
      // More to wait than there can be: the clock was set back, which must not keep the circuit open for longer.
      const mayProbe = waitMs <= 0 || waitMs > (kind === 'open' ? openMs : probeMs)
      if (mayProbe && !known.isClaiming) return claimProbe(known, name, signal)
      const retryAfterMs = kind === 'open' && !mayProbe ? waitMs : READ_EVERY_MS
      return { isAdmitted: false, retryAfterMs }
    },
  }
}

interface Ended {
  outcome: CallOutcome
  signal: AbortSignal
}

/** Creates what knows each breaker's state, read within the last second. */
function createKnowledge({ store, tripRule, now, onFailure }: FleetBreakerOptions) {
  const all = boundedMap<Known>(MAX_KNOWN)
  const reads = createSingleFlight<void>()

  function knownOf(name: string): Known {
    const found = all.get(name)
    if (found) return found
    const known = { state: NEVER_OPENED, readAt: Number.NEGATIVE_INFINITY, shouldOpen: tripRule(), isClaiming: false }
    all.set(name, known)
    return known
  }

  async function refresh(known: Known, name: string, signal: AbortSignal): Promise<void> {
    try {
      follow(known, await store.read(name, signal), tripRule)
    } catch (error) {
      onFailure(name, error)
    } finally {
      known.readAt = now()
    }
  }

  return async (name: string, signal: AbortSignal): Promise<Known> => {
    const known = knownOf(name)
    const age = now() - known.readAt
    if (age >= 0 && age < READ_EVERY_MS) return known
    await reads.join(name, (inner) => refresh(known, name, inner), signal).catch(() => undefined)
    return known
  }
}

/** Takes over a state that was read, unless a later one is known already. A closed one may have been deleted. */
function follow(known: Known, state: FleetState, tripRule: TripRule): void {
  const isDeleted = state.version === 0 && known.state.version > 0 && known.state.kind === 'closed'
  if (state.version <= known.state.version && !isDeleted) return
  known.state = state
  // A period that closed begins without a memory.
  known.shouldOpen = tripRule()
}

interface Change {
  name: string
  to: Omit<FleetState, 'version'>
  event?: FleetBreakerEvent['type']
}

/** Creates the change of a shared state, which tells whether it was this call that made it. */
function createMove({ store, tripRule, onEvent, onFailure }: FleetBreakerOptions) {
  return async (known: Known, { name, to, event }: Change, signal: AbortSignal): Promise<boolean> => {
    const from = known.state
    try {
      const next = { ...to, version: from.version + 1 }
      const { isOurs, state } = await store.move({ name, from, to: next }, signal)
      follow(known, state, tripRule)
      if (isOurs && event) onEvent?.({ type: event, name })
      return isOurs
    } catch (error) {
      onFailure(name, error)
      return false
    }
  }
}
