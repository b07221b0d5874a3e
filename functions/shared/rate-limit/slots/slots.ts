import type { Table } from '../../data/table.ts'
import { checkRange } from '../../resilience/policy.ts'
import { timeout } from '../../resilience/timeout.ts'
import type { StartTimer } from '../../resilience/timer.ts'
import { localLimit, onErrorOf, RETRY_MS } from '../counters/without-table.ts'
import { checkName, checkSubject, checkWhole } from '../policies/check-policy.ts'
import { type Standing, standingOf } from '../policies/subject-patterns.ts'
import type { ConcurrencyPolicy } from '../policy.ts'
import { type LocalSlots, localSlots } from './local-slots.ts'
import { MAX_SLOT_MS } from './slot-holders.ts'
import { type Acquired, createSlotStore, type SlotKey, type SlotStore } from './slot-store.ts'

/** A slot of a subject. */
export interface Slot {
  /** Of at most 500 holders: each write costs a unit for each KB of them, of which one holds about 30. */
  policy: ConcurrencyPolicy
  /** At most 256 bytes. */
  subject: string
  /**
   * Random, or an operation's own: asking again with the same id takes no second slot. Use none again that you
   * released: a release that was tried twice may arrive late, and take the next one away.
   */
  slotId: string
}

export type SlotAnswer =
  | {
      outcome: 'acquired'
      /** Milliseconds since the epoch; later with each heartbeat. */
      expiresAt: number
      /** Only of shadow policies: whether there was no room. */
      wouldDeny?: boolean
      degraded: boolean
    }
  /** From now, by when room is certain if nobody goes on; `null` when it can never be. */
  | { outcome: 'denied'; retryAfterMs: number | null; degraded: boolean }

/** A slot that is to be held for another `ttlMs`. */
type Asked = Slot & { ttlMs: number }

export interface Slots {
  /**
   * Takes a slot for `ttlMs` (1,000 to 3,600,000), if the subject has one left. What can't be decided in time is
   * `degraded`: the policy's `onError` decides, and a slot may be taken all the same, until it expires.
   *
   * @throws RangeError for a name, a limit, a time or a pattern that is out of range, AppError `invalid-input` for such
   * a subject. Heartbeat and release do, too.
   */
  acquire: (asked: Asked, signal: AbortSignal) => Promise<SlotAnswer>
  /**
   * Keeps a slot for another `ttlMs`, never for less than it has.
   *
   * @returns when it expires now; `undefined` when it is lost, and somebody else may have it.
   * @throws what DynamoDB throws: then the slot is kept until it expires.
   */
  heartbeat: (asked: Asked, signal: AbortSignal) => Promise<number | undefined>
  /** Gives a slot back, also one that is lost. */
  release: (slot: Slot, signal: AbortSignal) => Promise<void>
}

export interface SlotsOptions extends Table {
  /** Milliseconds since the epoch. */
  now: () => number
  startTimer: StartTimer
  /** For one acquisition. @default 50 */
  budgetMs?: number
  /** The table could not decide. */
  onDegraded?: (event: { policy: string; error: unknown }) => void
}

const MIN_SLOT_MS = 1000
const MAX_HOLDERS = 500
const BUDGET_MS = 50

/**
 * How many may do something at the same time: a slot is held until it is released, or until it expires because its
 * holder died. Never more than the limit hold one at once, by the clock of whoever takes the next; a holder whose clock
 * is 500 ms behind may think so 500 ms longer.
 */
export function createSlots(options: SlotsOptions): Slots {
  const { now } = options
  const store = createSlotStore(options)
  const local = localSlots(now)
  const decide = decider({ ...options, store, local })

  return {
    async acquire(asked, signal) {
      checkSlot(asked)
      const { policy, ttlMs } = asked
      checkRange({ ttlMs }, MIN_SLOT_MS, MAX_SLOT_MS)
      const expiresAt = now() + ttlMs
      const answer = await decide(asked, signal)
      if (policy.mode !== 'shadow') return answer
      const { outcome, degraded } = answer
      if (outcome === 'acquired') return { ...answer, wouldDeny: false }
      return { outcome: 'acquired', expiresAt, wouldDeny: true, degraded }
    },
    async heartbeat(asked, signal) {
      checkSlot(asked)
      const { policy, ttlMs } = asked
      checkRange({ ttlMs }, MIN_SLOT_MS, MAX_SLOT_MS)
      const standing = standingIn(asked)
      if (standing === 'exempt') return now() + ttlMs
      const write = { ...keyOf(asked), ttlMs }
      const expiresAt = standing === 'denied' ? undefined : (local.extend(write) ?? store.extend(write, signal))
      if (policy.mode !== 'shadow') return expiresAt
      return (await Promise.resolve(expiresAt).catch(() => undefined)) ?? now() + ttlMs
    },
    async release(slot, signal) {
      checkSlot(slot)
      if (standingIn(slot) === 'exempt') return
      local.release(keyOf(slot))
      // In any case: an acquisition that was given up may have reached the table.
      const released = store.release(keyOf(slot), signal)
      await (slot.policy.mode === 'shadow' ? released.catch(() => undefined) : released)
    },
  }
}

type DeciderOptions = SlotsOptions & { store: SlotStore; local: LocalSlots }

/** Whether a subject gets a slot, whatever the policy's mode makes of it. */
function decider({ now, startTimer, budgetMs = BUDGET_MS, onDegraded, store, local }: DeciderOptions) {
  const budget = timeout({ ms: budgetMs, startTimer })
  const withoutTable = (asked: Asked): Acquired => {
    const { policy, ttlMs } = asked
    if (onErrorOf(policy) === 'open') return { outcome: 'acquired', expiresAt: now() + ttlMs }
    if (onErrorOf(policy) === 'closed') return { outcome: 'denied', retryAfterMs: RETRY_MS }
    const acquired = local.acquire({ ...keyOf(asked), ttlMs, limit: localLimit(policy) })
    if (acquired.outcome === 'acquired') return acquired
    return { outcome: 'denied', retryAfterMs: acquired.retryAfterMs ?? RETRY_MS }
  }
  return async (asked: Asked, signal: AbortSignal): Promise<SlotAnswer> => {
    const { policy, ttlMs } = asked
    const standing = standingIn(asked)
    if (standing === 'denied') return { outcome: 'denied', retryAfterMs: null, degraded: false }
    if (standing === 'exempt') return { outcome: 'acquired', expiresAt: now() + ttlMs, degraded: false }
    const write = { ...keyOf(asked), ttlMs, limit: policy.limit }
    try {
      return { ...(await budget((inner) => store.acquire(write, inner), signal)), degraded: false }
    } catch (error) {
      onDegraded?.({ policy: policy.name, error })
      return { ...withoutTable(asked), degraded: true }
    }
  }
}

function checkSlot({ policy, subject }: Slot): void {
  checkName(policy)
  checkWhole({ limit: policy.limit }, 1, MAX_HOLDERS)
  checkSubject(subject)
}

/** Of a policy that is off everybody is exempt. */
function standingIn({ policy, subject }: Slot): Standing {
  return policy.mode === 'off' ? 'exempt' : standingOf(policy, subject)
}

function keyOf({ policy, subject, slotId }: Slot): SlotKey {
  return { pk: `Q#${policy.name}#${subject}`, slotId }
}
