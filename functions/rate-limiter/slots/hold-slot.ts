import type { Clock } from '../../shared/clock.ts'
import type { ConcurrencyPolicy } from '../../shared/rate-limit/policy.ts'
import type { Slots } from '../../shared/rate-limit/slots/slots.ts'
import type { FindPolicy } from '../policy-book.ts'
import type { SlotRecord, SlotRecords } from './take-slot.ts'

type SlotId = Pick<SlotRecord, 'tenant' | 'slotId'>

export interface HoldSlotDeps {
  find: FindPolicy
  slots: Pick<Slots, 'heartbeat'>
  records: Pick<SlotRecords, 'read' | 'keep'>
  now: Clock
}

/** @returns when the slot expires now, in milliseconds since the epoch; `undefined` when it is lost. */
export type HoldSlot = (id: SlotId, signal: AbortSignal) => Promise<number | undefined>

/** A record that would be gone in less than this is kept anew: a slot may be held for days. */
const RENEW_MS = 12 * 3_600_000

/**
 * Holds a slot for as long again as it was taken for. It is lost when it expired, when its policy is gone, or when that
 * denies its subject now.
 */
export function holdSlot({ find, slots, records, now }: HoldSlotDeps): HoldSlot {
  return async (id, signal) => {
    const record = await records.read(id, signal)
    if (!record) return undefined
    const { tenant, slotId, subject, ttlMs } = record
    const policy = await find({ tenant, name: record.policy, subject }, signal)
    if (policy?.algorithm !== 'concurrency') return undefined
    const expiresAt = await slots.heartbeat({ policy, subject, slotId, ttlMs }, signal)
    if (expiresAt !== undefined && record.keptUntil - now() < RENEW_MS) await records.keep(record, signal)
    return expiresAt
  }
}

export interface ReleaseSlotDeps {
  slots: Pick<Slots, 'release'>
  records: Pick<SlotRecords, 'read' | 'forget'>
}

export type ReleaseSlot = (id: SlotId, signal: AbortSignal) => Promise<'released' | 'not-found'>

/** Gives a slot back, also one that expired. Whatever became of its policy since, its place is free then. */
export function releaseSlot({ slots, records }: ReleaseSlotDeps): ReleaseSlot {
  return async (id, signal) => {
    const record = await records.read(id, signal)
    if (!record) return 'not-found'
    const { tenant, slotId, subject } = record
    await slots.release({ policy: anyPolicy(tenant, record.policy), subject, slotId }, signal)
    // Last, so that a release which failed midway can be tried again.
    await records.forget(id, signal)
    return 'released'
  }
}

/** The place is found by names alone: patterns and modes would let a release do nothing. */
function anyPolicy(tenant: string, name: string): ConcurrencyPolicy {
  return { tenant, name, algorithm: 'concurrency', limit: 1 }
}
