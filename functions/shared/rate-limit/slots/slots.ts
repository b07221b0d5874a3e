import type { Clock } from '../../clock.ts'
import type { Table } from '../../data/table.ts'
import { checkRange } from '../../resilience/policy.ts'
import { timeout } from '../../resilience/timeout.ts'
import type { StartTimer } from '../../resilience/timer.ts'
import { pkOf } from '../counters/counter.ts'
import { localLimit, onErrorOf, RETRY_MS } from '../counters/outage.ts'
import { type Standing, standingOf } from '../policies/subject-patterns.ts'
import { validateName, validateSubject, validateWhole } from '../policies/validate-policy.ts'
import type { ConcurrencyPolicy } from '../policy.ts'
import { type LocalSlots, localSlots } from './local-slots.ts'
import { MAX_SLOT_MS } from './slot-holders.ts'
import { type Acquired, createSlotStore, type SlotKey, type SlotStore } from './slot-store.ts'

/** A slot of a subject. */
export interface Slot {
  /** A limit of at most 500 holders: each write costs a unit for each KB of them, and 30 holders take about one KB. */
  policy: ConcurrencyPolicy
  /** At most 256 bytes. */
  subject: string
  /**
   * Random, or an operation's id: the same id takes no second slot. Never use a released id again: a release that was
   * tried twice may arrive late, and release the next slot of that id.
   */
  slotId: string
}

export type SlotAnswer =
  | {
      outcome: 'acquired'
      /** Milliseconds since the epoch; later with each heartbeat. */
      expiresAt: number
      /** True if no slot was free; only with shadow policies. */
      wouldDeny?: boolean
      degraded: boolean
    }
  /** `retryAfterMs`: milliseconds until a slot is free, if no holder prolongs; `null` when none can ever be. */
  | { outcome: 'denied'; retryAfterMs: number | null; degraded: boolean }

/** A slot to be held for another `ttlMs`. */
type TimedSlot = Slot & { ttlMs: number }

export interface Slots {
  /**
   * Takes a slot for `ttlMs` (1,000 to 3,600,000), if the subject has one left. An answer that the table didn't decide
   * in time is `degraded`: the policy's `onError` decides, and a slot may be taken all the same, until it expires.
   *
   * @throws RangeError for a name, a limit, a time or a pattern that is out of range, AppError `invalid-input` for such
   * a subject. Heartbeat and release do, too.
   */
  acquire: (slot: TimedSlot, signal: AbortSignal) => Promise<SlotAnswer>
  /**
   * Prolongs a slot to `ttlMs` from now, and never shortens it.
   *
   * @returns when it expires now; `undefined` when it is lost, and another holder may have it.
   * @throws what DynamoDB throws: then the slot is held until it expires.
   */
  heartbeat: (slot: TimedSlot, signal: AbortSignal) => Promise<number | undefined>
  /** Gives a slot back, also one that is lost. */
  release: (slot: Slot, signal: AbortSignal) => Promise<void>
}

export interface SlotsOptions extends Table {
  now: Clock
  startTimer: StartTimer
  /** Milliseconds for one acquisition. @default 50 */
  budgetMs?: number
  /** Hears that the table could not decide. */
  onDegraded?: (event: { policy: string; error: unknown }) => void
}

const MIN_SLOT_MS = 1000
const MAX_HOLDERS = 500
const BUDGET_MS = 50

/**
 * Limits how many do something at the same time: a slot is held until it is released, or until it expires because its
 * holder died. Never more than the limit hold one at once, by the clock of whoever takes the next; a holder whose clock
 * is 500 ms behind may believe in its slot 500 ms longer.
 */
export function createSlots(options: SlotsOptions): Slots {
  const { now } = options
  const store = createSlotStore(options)
  const local = localSlots(now)
  const decide = decider({ ...options, store, local })

  return {
    async acquire(slot, signal) {
      validateSlot(slot)
      const { policy, ttlMs } = slot
      checkRange({ ttlMs }, MIN_SLOT_MS, MAX_SLOT_MS)
      const expiresAt = now() + ttlMs
      const answer = await decide(slot, signal)
      if (policy.mode !== 'shadow') return answer
      const { outcome, degraded } = answer
      if (outcome === 'acquired') return { ...answer, wouldDeny: false }
      return { outcome: 'acquired', expiresAt, wouldDeny: true, degraded }
    },
    async heartbeat(slot, signal) {
      validateSlot(slot)
      const { policy, ttlMs } = slot
      checkRange({ ttlMs }, MIN_SLOT_MS, MAX_SLOT_MS)
      const standing = standingIn(slot)
      if (standing === 'exempt') return now() + ttlMs
      const write = { ...keyOf(slot), ttlMs }
      const expiresAt = standing === 'denied' ? undefined : (local.extend(write) ?? store.extend(write, signal))
      if (policy.mode !== 'shadow') return expiresAt
      return (await Promise.resolve(expiresAt).catch(() => undefined)) ?? now() + ttlMs
    },
    async release(slot, signal) {
      validateSlot(slot)
      if (standingIn(slot) === 'exempt') return
      local.release(keyOf(slot))
      // Always: an acquisition that ran out of time may have reached the table.
      const released = store.release(keyOf(slot), signal)
      await (slot.policy.mode === 'shadow' ? released.catch(() => undefined) : released)
    },
  }
}

type DeciderOptions = SlotsOptions & { store: SlotStore; local: LocalSlots }

/** Decides whether a subject gets a slot, whatever the policy's mode makes of it. */
function decider({ now, startTimer, budgetMs = BUDGET_MS, onDegraded, store, local }: DeciderOptions) {
  const budget = timeout({ ms: budgetMs, startTimer })
  const withoutTable = (slot: TimedSlot): Acquired => {
    const { policy, ttlMs } = slot
    if (onErrorOf(policy) === 'open') return { outcome: 'acquired', expiresAt: now() + ttlMs }
    if (onErrorOf(policy) === 'closed') return { outcome: 'denied', retryAfterMs: RETRY_MS }
    const acquired = local.acquire({ ...keyOf(slot), ttlMs, limit: localLimit(policy) })
    if (acquired.outcome === 'acquired') return acquired
    return { outcome: 'denied', retryAfterMs: acquired.retryAfterMs ?? RETRY_MS }
  }
  return async (slot: TimedSlot, signal: AbortSignal): Promise<SlotAnswer> => {
    const { policy, ttlMs } = slot
    const standing = standingIn(slot)
    if (standing === 'denied') return { outcome: 'denied', retryAfterMs: null, degraded: false }
    if (standing === 'exempt') return { outcome: 'acquired', expiresAt: now() + ttlMs, degraded: false }
    const write = { ...keyOf(slot), ttlMs, limit: policy.limit }
    try {
      return { ...(await budget((inner) => store.acquire(write, inner), signal)), degraded: false }
    } catch (error) {
      onDegraded?.({ policy: policy.name, error })
      return { ...withoutTable(slot), degraded: true }
    }
  }
}

function validateSlot({ policy, subject }: Slot): void {
  validateName(policy)
  validateWhole({ limit: policy.limit }, 1, MAX_HOLDERS)
  validateSubject(subject)
}

/** Returns a subject's standing; with a policy that is off, every subject is exempt. */
function standingIn({ policy, subject }: Slot): Standing {
  return policy.mode === 'off' ? 'exempt' : standingOf(policy, subject)
}

function keyOf({ policy, subject, slotId }: Slot): SlotKey {
  return { pk: pkOf(policy, subject), slotId }
}
