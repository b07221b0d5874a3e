import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import { MINUTE_KEPT_MS, type PolicyMinute, startOf } from '../domain/denials.ts'
import type { DenialMinutes } from './count-denials.ts'

/** The number of a subject's denials in a minute. */
export interface Denied extends PolicyMinute {
  readonly subject: string
  readonly count: number
}

/** Counts the decisions of a policy's `onError` in a minute. */
export interface Degraded extends PolicyMinute {
  readonly count: number
}

/** Records an event, once for each minute and what it is about; `known`: it was recorded before. */
export type RecordOnce<Counted> = (counted: Counted, cause: Cause, signal: AbortSignal) => Promise<'recorded' | 'known'>

export interface PublishDenialsDeps extends Pick<DenialMinutes, 'read'> {
  recordDenied: RecordOnce<Denied>
  recordDegraded: RecordOnce<Degraded>
  now: Clock
}

export type PublishDenials = (minute: PolicyMinute, cause: Cause, signal: AbortSignal) => Promise<'published' | 'late'>

/** Events that are recorded at a time. */
const CONCURRENCY = 10

/**
 * Records the events of a policy's minute, once each, however often it is called: one for each denied subject, and one if
 * `onError` decided. A later report is in none of them.
 *
 * @throws the first error of a record, when all were tried: those that were recorded stay so.
 */
export function publishDenials({ read, recordDenied, recordDegraded, now }: PublishDenialsDeps): PublishDenials {
  return async (minute, cause, signal) => {
    // The records of what was published outlive the minute: nothing is published twice.
    if (startOf(minute.minute) + MINUTE_KEPT_MS <= now()) return 'late'
    const { hitters = [], degraded = 0 } = (await read(minute, signal)) ?? {}
    const records = hitters.map(
      ({ key, count, error }) =>
        () =>
          recordDenied({ ...minute, subject: key, count: count - error }, cause, signal),
    )
    if (degraded > 0) records.unshift(() => recordDegraded({ ...minute, count: degraded }, cause, signal))
    const errors: unknown[] = []
    await inParallel(records, CONCURRENCY, async (record) => {
      try {
        await record()
      } catch (failure) {
        errors.push(failure)
      }
    })
    if (errors.length > 0) throw errors[0]
    return 'published'
  }
}
