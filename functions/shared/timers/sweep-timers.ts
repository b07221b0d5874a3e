import type { Clock } from '../clock.ts'
import { type Bucket, minuteOf, SHARDS, type Timer } from './timer.ts'

/** A timer that is to be fired. */
export interface DueTimer extends Timer {
  /** The time until `dueAt`: more than 0 for one that a run found ahead of time. */
  readonly delayMs: number
}

/** A page of a bucket; the last page has no `next`. */
export interface TimersPage {
  readonly timers: readonly Timer[]
  readonly next: unknown
}

/** The timers and the watermark. Reads may lag behind writes by some seconds. */
export interface TimerStore {
  /** Lists the timers of a bucket that are due by `until` (milliseconds since the epoch), the earliest first. */
  list: (bucket: Bucket, page: { until: number; from: unknown }, signal: AbortSignal) => Promise<TimersPage>
  remove: (bucket: Bucket, timers: readonly Timer[], signal: AbortSignal) => Promise<void>
  /** Reads the first minute that may still hold timers; `undefined` before the first run. */
  readWatermark: (signal: AbortSignal) => Promise<number | undefined>
  /** Raises the watermark; a lower one than the stored changes nothing. */
  raiseWatermark: (minute: number, signal: AbortSignal) => Promise<void>
}

/**
 * Fires timers, such as by sending their messages to a queue with their delays.
 *
 * @returns the ids of those that were accepted; the others stay, and are fired by the next run.
 */
export type FireTimers = (timers: readonly DueTimer[], signal: AbortSignal) => Promise<ReadonlySet<string>>

export interface SweepTimersDeps {
  store: TimerStore
  fire: FireTimers
  now: Clock
  /** Receives the error of a bucket, the rest of which is skipped. All others continue. */
  onFailure: (bucket: Bucket, error: unknown) => void
}

export interface Run {
  /**
   * The time of the schedule's event, in milliseconds since the epoch: a second clock, which is never ahead. `null` for
   * a run by hand, which leaves the watermark as it is.
   */
  scheduledAt: number | null
  /** The time, by `now`, from which on no page is begun. */
  until: number
}

export interface SweepResult {
  fired: number
  /** Timers that were not accepted, and buckets that were not read or cleared. */
  failed: number
  /** True if nothing is left for the next run. */
  isComplete: boolean
}

export type SweepTimers = (run: Run, signal: AbortSignal) => Promise<SweepResult>

/** Timers are handed over so long before they are due, so that a run may be late. A queue delays up to 15 minutes. */
const AHEAD_MS = 120_000

/**
 * The minutes that every run looks at again: a timer that was due at once may become visible so late after its writer
 * read the clock, the errors of that clock included.
 */
const SETTLING_MINUTES = 5

/** The minutes that the very first run looks back: it may be so late after the first timer was due. */
const FIRST_MINUTES = 60

/**
 * Fires what is due. Run it every minute; it also does the work of runs that were missed, cut short or failed.
 *
 * A timer is removed after it was accepted, so each fires at least once; it fires twice only if a run dies or fails
 * between the two, or if runs overlap. The watermark passes a minute only once all of its timers were removed and no
 * more can come, by the slower of two clocks: neither a crash, nor a late run, nor a clock that steps forward skips a
 * timer. A clock that was set back delays none, because the time of the schedule's event counts if it is later.
 */
export function sweepTimers(deps: SweepTimersDeps): SweepTimers {
  const { store, now } = deps
  return async ({ scheduledAt, until }, signal) => {
    const started = now()
    const latest = Math.max(started, scheduledAt ?? started)
    const settled = minuteOf(Math.min(started, scheduledAt ?? started)) - SETTLING_MINUTES
    const result: SweepResult = { fired: 0, failed: 0, isComplete: true }
    const pass: Pass = { ...deps, result, latest, hasTime: () => now() < until && !signal.aborted, signal }
    const watermark = await store.readWatermark(signal)
    let reached = watermark ?? settled - FIRST_MINUTES
    for (let minute = reached; minute <= minuteOf(latest + AHEAD_MS); minute++) {
      const isEmpty = await sweepMinute(pass, minute)
      if (!isEmpty) result.isComplete = false
      // Nothing behind a minute that still holds timers is passed.
      if (isEmpty && minute === reached && minute < settled) reached += 1
    }
    if (scheduledAt !== null && reached !== watermark) await store.raiseWatermark(reached, signal)
    return result
  }
}

interface Pass extends SweepTimersDeps {
  result: SweepResult
  /** The time by the faster of the two clocks. */
  latest: number
  hasTime: () => boolean
  signal: AbortSignal
}

/** Sweeps the buckets of a minute concurrently, and returns whether they are empty now, up to what is due later. */
async function sweepMinute(pass: Pass, minute: number): Promise<boolean> {
  const shards = Array.from({ length: SHARDS }, (_, shard) =>
    sweepBucket(pass, { minute, shard }).catch((error) => {
      pass.result.failed += 1
      pass.onFailure({ minute, shard }, error)
      return false
    }),
  )
  return (await Promise.all(shards)).every(Boolean)
}

async function sweepBucket(pass: Pass, bucket: Bucket): Promise<boolean> {
  const { store, latest, hasTime, signal } = pass
  let [from, isEmpty]: [unknown, boolean] = [undefined, true]
  do {
    if (!hasTime()) return false
    const { timers, next } = await store.list(bucket, { until: latest + AHEAD_MS, from }, signal)
    if (timers.length > 0 && !(await fireAll(pass, bucket, timers))) isEmpty = false
    from = next
  } while (from !== undefined)
  return isEmpty
}

/** Fires and then removes timers, and returns whether all of them were accepted. */
async function fireAll(pass: Pass, bucket: Bucket, timers: readonly Timer[]): Promise<boolean> {
  const { store, fire, result, latest, signal } = pass
  const due = timers.map((timer) => ({ ...timer, delayMs: Math.max(0, timer.dueAt - latest) }))
  const accepted = await fire(due, signal)
  const done = timers.filter(({ id }) => accepted.has(id))
  result.fired += done.length
  result.failed += timers.length - done.length
  await store.remove(bucket, done, signal)
  return done.length === timers.length
}
