import type { SlotAnswer, Slots } from '../../shared/rate-limit/slots/slots.ts'
import type { FindPolicy } from '../policy-book.ts'

/** The record of a slot, beside the core's item of its subject: by its id alone a holder goes on, or gives it back. */
export interface SlotRecord {
  readonly tenant: string
  readonly slotId: string
  readonly policy: string
  readonly subject: string
  readonly ttlMs: number
}

/** Stores records. Each expires a day after it was last stored. */
export interface SlotRecords {
  /** `keptUntil`: milliseconds since the epoch. */
  read: (
    id: Pick<SlotRecord, 'tenant' | 'slotId'>,
    signal: AbortSignal,
  ) => Promise<(SlotRecord & { keptUntil: number }) | undefined>
  keep: (record: SlotRecord, signal: AbortSignal) => Promise<void>
  forget: (id: Pick<SlotRecord, 'tenant' | 'slotId'>, signal: AbortSignal) => Promise<void>
}

export type TakeSlotResult = SlotAnswer | { outcome: 'unknown-policy' } | { outcome: 'not-concurrency' }

export interface TakeSlotDeps {
  find: FindPolicy
  slots: Pick<Slots, 'acquire' | 'release'>
  records: Pick<SlotRecords, 'keep'>
}

export type TakeSlot = (record: SlotRecord, signal: AbortSignal) => Promise<TakeSlotResult>

/**
 * Takes a slot for a holder. Asked again with the same id, it takes no second one.
 *
 * @throws AppError (retryable) where policies can't be read, or a slot that was taken can't be recorded: it is given
 * back, or else expires.
 */
export function takeSlot({ find, slots, records }: TakeSlotDeps): TakeSlot {
  return async (record, signal) => {
    const { tenant, slotId, subject, ttlMs } = record
    const policy = await find({ tenant, name: record.policy, subject }, signal)
    if (!policy) return { outcome: 'unknown-policy' }
    if (policy.algorithm !== 'concurrency') return { outcome: 'not-concurrency' }
    const slot = { policy, subject, slotId }
    const answer = await slots.acquire({ ...slot, ttlMs }, signal)
    if (answer.outcome === 'denied') return answer
    try {
      await records.keep(record, signal)
    } catch (error) {
      // A slot that the policy allowed without the table has no record: it ends when it expires.
      if (!answer.degraded) {
        await slots.release(slot, signal).catch(() => undefined)
        throw error
      }
    }
    return answer
  }
}
