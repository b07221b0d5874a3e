import type { Clock } from '../../clock.ts'
import { planAcquisition } from './slot-holders.ts'
import type { Acquired, SlotKey } from './slot-store.ts'

/** Slots of one environment for the time of an outage. */
export interface LocalSlots {
  acquire: (request: SlotKey & { limit: number; ttlMs: number }) => Acquired
  /** Prolongs a slot. @returns when it expires now; `undefined` when there is none of this id. */
  extend: (request: SlotKey & { ttlMs: number }) => number | undefined
  release: (slot: SlotKey) => void
}

/** An outage with more subjects than this at once admits no further ones. */
const MAX_SUBJECTS = 1000

/**
 * Creates slots in the memory of an environment.
 *
 * @param now milliseconds since the epoch.
 */
export function localSlots(now: Clock): LocalSlots {
  const subjects = new Map<string, Map<string, number>>()
  const liveOf = (pk: string) => new Map([...(subjects.get(pk) ?? [])].filter(([, expiresAt]) => expiresAt > now()))
  const keep = (pk: string, holders: Map<string, number>) => {
    if (holders.size > 0) subjects.set(pk, holders)
    else subjects.delete(pk)
  }
  const hasRoom = (pk: string) => {
    if (subjects.has(pk) || subjects.size < MAX_SUBJECTS) return true
    for (const each of subjects.keys()) keep(each, liveOf(each))
    return subjects.size < MAX_SUBJECTS
  }

  return {
    acquire({ pk, slotId, limit, ttlMs }) {
      if (!hasRoom(pk)) return { outcome: 'denied', retryAfterMs: null }
      const holders = liveOf(pk)
      const plan = planAcquisition(holders, { slotId, limit, now: now() })
      if (plan.step === 'held') return { outcome: 'acquired', expiresAt: plan.expiresAt }
      if (plan.step === 'full') return { outcome: 'denied', retryAfterMs: plan.retryAfterMs }
      const expiresAt = now() + ttlMs
      keep(pk, holders.set(slotId, expiresAt))
      return { outcome: 'acquired', expiresAt }
    },
    extend({ pk, slotId, ttlMs }) {
      const holders = liveOf(pk)
      const before = holders.get(slotId)
      if (before === undefined) return undefined
      const expiresAt = Math.max(before, now() + ttlMs)
      keep(pk, holders.set(slotId, expiresAt))
      return expiresAt
    },
    release({ pk, slotId }) {
      const holders = liveOf(pk)
      holders.delete(slotId)
      keep(pk, holders)
    },
  }
}
