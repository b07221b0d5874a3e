import type {
  DueTimer,
  SweepTimers,
  SweepTimersDeps,
  TimerStore,
} from '../../../functions/shared/timers/sweep-timers.ts'
import { type Bucket, bucketOf, type Timer } from '../../../functions/shared/timers/timer.ts'

export const MINUTE = 60_000

/** A crash of the function: nothing after it happens. */
class Crash extends Error {}

/** One run of the schedule, with what goes wrong in it. */
export interface RunPlan {
  /** Added to the true time by the function's clock, in milliseconds. */
  clockError: number
  /** The age of the schedule's event. */
  lateMs: number
  /** The function dies at this call of the store or the queue; 0: it lives. */
  crashAt: number
  /** The queue refuses each timer whose number of tries divides by this; 0: none. */
  refuseEvery: number
  /** The pages for which there is time. */
  pages: number
  /** Without an event of the schedule. */
  byHand?: boolean
}

export const GOOD_RUN: RunPlan = { clockError: 0, lateMs: 0, crashAt: 0, refuseEvery: 0, pages: 1_000_000 }

interface Stored {
  bucket: Bucket
  timer: Timer
}

/** Timers in memory, a queue, and a true time that passes: what a sweep does to them is recorded. */
export function timerWorld({ start = Date.UTC(2026, 2, 29, 0, 58), pageSize = 2 } = {}) {
  let time = start
  let watermark: number | undefined
  const stored = new Map<string, Stored>()
  const fired = new Map<string, { at: number; delayMs: number }[]>()
  const set: Timer[] = []
  const failures: unknown[] = []
  const listed: Bucket[] = []
  let [tries, flawedRuns] = [0, 0]

  /** Sets a timer, by a writer whose clock is wrong. */
  function write(timer: Timer, clockError = 0): void {
    set.push(timer)
    stored.set(timer.id, { bucket: bucketOf(timer, time + clockError), timer })
  }

  const inBucket = (bucket: Bucket, until: number) =>
    [...stored.values()]
      .filter((one) => one.bucket.minute === bucket.minute && one.bucket.shard === bucket.shard)
      .map(({ timer }) => timer)
      .filter(({ dueAt }) => dueAt <= until)
      .sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1))

  /** The table; `call` throws where the function dies. */
  const storeOf = (call: () => void): TimerStore => ({
    async list(bucket, { until, from }) {
      call()
      listed.push(bucket)
      const all = inBucket(bucket, until)
      const first = from === undefined ? 0 : all.findIndex(({ id }) => id === from) + 1
      // Timers that were removed since are gone from the listing, as they are from a table.
      const timers = (from !== undefined && first === 0 ? all : all.slice(first)).slice(0, pageSize)
      const last = timers.at(-1)
      return { timers, next: timers.length === pageSize ? last?.id : undefined }
    },
    async remove(_, timers) {
      for (const { id } of timers) {
        call()
        stored.delete(id)
      }
    },
    async readWatermark() {
      call()
      return watermark
    },
    async raiseWatermark(minute) {
      call()
      watermark = Math.max(watermark ?? minute, minute)
    },
  })

  const fireWith =
    ({ refuseEvery }: RunPlan, call: () => void) =>
    async (timers: readonly DueTimer[]) => {
      call()
      const accepted = timers.filter(() => refuseEvery === 0 || ++tries % refuseEvery !== 0)
      for (const { id, delayMs } of accepted) fired.set(id, [...(fired.get(id) ?? []), { at: time, delayMs }])
      // The function dies after the queue accepted them, and before it knows.
      call()
      return new Set(accepted.map(({ id }) => id))
    }

  async function run(sweep: (deps: SweepTimersDeps) => SweepTimers, plan: RunPlan = GOOD_RUN) {
    let [calls, pages, dead] = [0, 0, false]
    const call = () => {
      if (dead || ++calls === plan.crashAt) {
        dead = true
        throw new Crash('The function died')
      }
    }
    const now = () => time + plan.clockError
    // The sweep reads its clock once at its start, and then before each page.
    const limited = () => (pages++ > plan.pages ? Number.POSITIVE_INFINITY : now())
    const onFailure = (_: Bucket, error: unknown) => failures.push(error)
    const deps = { store: storeOf(call), fire: fireWith(plan, call), now: limited, onFailure }
    const input = { scheduledAt: plan.byHand ? null : time - plan.lateMs, until: Number.MAX_VALUE }
    const result = await sweep(deps)(input, new AbortController().signal).catch((error) => {
      if (!(error instanceof Crash)) throw error
    })
    if (dead || !result || result.failed > 0) flawedRuns += 1
    return dead ? undefined : result
  }

  return {
    write,
    run,
    set,
    stored,
    fired,
    failures,
    listed,
    flawedRuns: () => flawedRuns,
    now: () => time,
    watermark: () => watermark,
    pass(ms: number) {
      time += ms
    },
  }
}

export type TimerWorld = ReturnType<typeof timerWorld>
