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

/** Records the event of a subject and minute, once for each; `known`: it was recorded before. */
export type RecordDenied = (denied: Denied, cause: Cause, signal: AbortSignal) => Promise<'recorded' | 'known'>

export interface TellDeniedDeps extends Pick<DenialMinutes, 'read'> {
  record: RecordDenied
  now: Clock
}

export type TellDenied = (minute: PolicyMinute, cause: Cause, signal: AbortSignal) => Promise<'told' | 'late'>

/** Events that are recorded at a time. */
const CONCURRENCY = 10

/**
 * Tells whom a policy denied in a minute, once for each subject, however often it is asked. What is reported later is
 * not told.
 *
 * @throws the first error of a record, when all were tried: those that were recorded stay so.
 */
export function tellDenied({ read, record, now }: TellDeniedDeps): TellDenied {
  return async (minute, cause, signal) => {
    // The marks of what was told live longer than the minute: it is never told again.
    if (startOf(minute.minute) + MINUTE_KEPT_MS <= now()) return 'late'
    const { hitters = [] } = (await read(minute, signal)) ?? {}
    const errors: unknown[] = []
    await inParallel(hitters, CONCURRENCY, async ({ key, count, error }) => {
      try {
        await record({ ...minute, subject: key, count: count - error }, cause, signal)
      } catch (failure) {
        errors.push(failure)
      }
    })
    if (errors.length > 0) throw errors[0]
    return 'told'
  }
}
