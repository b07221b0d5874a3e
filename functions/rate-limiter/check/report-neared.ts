import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { boundedMap } from '../../shared/rate-limit/counters/bounded-map.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { Neared } from '../domain/neared.ts'
import type { DecideChecksDeps } from './decide-checks.ts'
import { nearedLimits } from './neared-limits.ts'

/** Records the event of a subject and window, once, whichever environment calls it. */
export type RecordNeared = (neared: Neared, cause: Cause, signal: AbortSignal) => Promise<'recorded' | 'known'>

export interface NearedReporterOptions {
  /** Loads the store, with the first limit that is neared: many environments do without it. */
  load: () => Promise<RecordNeared>
  /** The time of a decision, in milliseconds. An answer waits for a record as long again, at most. */
  budgetMs: number
  startTimer: StartTimer
  now: Clock
  count: (metric: 'NearedReportFailed') => void
}

/** The number of subjects of which an environment knows that their window has its event. */
const MAX_RECORDED = 10_000
/** The pause after a failure, in milliseconds: a slow table delays one answer, and not each of them. */
const PAUSE_MS = 10_000
/** The number of records that are to be tried again, the newest of all; each until its window is over. */
const MAX_PENDING = 100

/**
 * Records that subjects near their limits: with the decision that brings a subject there, and with no other. Only that one
 * waits for the write, for a limited time. A record that failed is tried again with a later request.
 */
export function createNearedReporter(options: NearedReporterOptions): DecideChecksDeps['report'] {
  const { load, budgetMs, startTimer, now, count } = options
  const limited = timeout({ ms: budgetMs, startTimer })
  /** The start of the last window that has an event, by subject. */
  const recorded = boundedMap<number>(MAX_RECORDED)
  const pending = new Map<string, { neared: Neared; cause: Cause }>()
  let nextAt = 0

  const remember = (all: readonly Neared[], cause: Cause) => {
    for (const [key, { neared }] of pending) if (neared.endMs <= now()) pending.delete(key)
    for (const neared of all) {
      const key = keyOf(neared)
      if (recorded.get(key) !== neared.startMs) pending.set(key, { neared, cause })
    }
    for (const oldest of pending.keys()) {
      if (pending.size <= MAX_PENDING) break
      pending.delete(oldest)
    }
  }
  const recordAll = async (signal: AbortSignal) => {
    const record = await load()
    await Promise.all(
      [...pending].map(async ([key, { neared, cause }]) => {
        await record(neared, cause, signal)
        recorded.set(key, neared.startMs)
        pending.delete(key)
      }),
    )
  }

  return async (made, signal) => {
    remember(nearedLimits(made), made.cause)
    if (pending.size === 0 || now() < nextAt) return
    try {
      await limited(recordAll, signal)
    } catch {
      nextAt = now() + PAUSE_MS
      count('NearedReportFailed')
    }
  }
}

function keyOf({ tenant, policy, subject }: Neared): string {
  return `${tenant}#${policy}#${subject}`
}
