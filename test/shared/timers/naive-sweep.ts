import type { SweepTimers, SweepTimersDeps } from '../../../functions/shared/timers/sweep-timers.ts'
import { minuteOf, SHARDS } from '../../../functions/shared/timers/timer.ts'

/** Typical mistakes of a sweep. */
export type Mistake =
  | 'looks only at the current minute'
  | 'trusts its own clock alone'
  | 'passes a minute in which a timer was refused'
  | 'passes a minute that it had no time for'
  | 'passes a minute as soon as it is over'
  | 'removes timers before they are accepted'
  | 'never removes timers'
  | 'reads only the first page'
  | 'reads only the first shard'

/** A sweep without concurrency, built to make one of these mistakes. */
export function naiveSweep({ store, fire, now }: SweepTimersDeps, mistake?: Mistake): SweepTimers {
  const makes = (one: Mistake) => one === mistake
  return async ({ scheduledAt, until }, signal) => {
    const clocks = makes('trusts its own clock alone') ? [now()] : [now(), scheduledAt ?? now()]
    const [earliest, latest] = [Math.min(...clocks), Math.max(...clocks)]
    const settled = minuteOf(earliest) - (makes('passes a minute as soon as it is over') ? 0 : 5)
    const watermark = await store.readWatermark(signal)
    const first = makes('looks only at the current minute') ? minuteOf(latest) : (watermark ?? settled - 60)
    let [reached, failed, fired, isBlocked] = [first, 0, 0, false]
    for (let minute = first; minute <= minuteOf(latest) + 1; minute++) {
      for (let shard = 0; shard < (makes('reads only the first shard') ? 1 : SHARDS); shard++) {
        let from: unknown
        do {
          if (now() >= until) {
            if (!makes('passes a minute that it had no time for')) isBlocked = true
            break
          }
          const bucket = { minute, shard }
          const { timers, next } = await store.list(bucket, { until: latest + 60_000, from }, signal)
          if (makes('removes timers before they are accepted')) await store.remove(bucket, timers, signal)
          const accepted = await fire(
            timers.map((timer) => ({ ...timer, delayMs: Math.max(0, timer.dueAt - latest) })),
            signal,
          )
          const done = timers.filter(({ id }) => accepted.has(id))
          if (!makes('never removes timers')) await store.remove(bucket, done, signal)
          if (done.length < timers.length && !makes('passes a minute in which a timer was refused')) isBlocked = true
          fired += done.length
          failed += timers.length - done.length
          from = makes('reads only the first page') ? undefined : next
        } while (from !== undefined)
      }
      if (!isBlocked && minute < settled) reached = minute + 1
    }
    await store.raiseWatermark(reached, signal)
    return { fired, failed, isComplete: !isBlocked }
  }
}
