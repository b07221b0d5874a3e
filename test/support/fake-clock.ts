import type { StartTimer } from '../../functions/shared/resilience/timer.ts'

/** The limit of timers in one `advance`, above which one seems to restart itself forever. */
const MAX_TIMERS = 10_000

interface Timer {
  at: number
  callback: () => void
}

export interface FakeClock {
  /** Milliseconds since the epoch. */
  now: () => number
  startTimer: StartTimer
  /** Advances the time; each timer fires at its own time, and its effects run before the next one. */
  advance: (ms: number) => Promise<void>
  /** Sets the clock without firing a timer, as NTP or a frozen environment may do. */
  set: (ms: number) => void
  pendingTimers: () => number
}

/** Lets all ready callbacks run: a macrotask starts only when no promise has anything left to do. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export function fakeClock(start = Date.UTC(2026, 2, 12, 19, 3, 58)): FakeClock {
  let time = start
  const timers = new Set<Timer>()

  function nextDue(end: number): Timer | undefined {
    // A sort is stable: of two timers for the same moment, the one that was started first fires first.
    const [first] = [...timers].sort((a, b) => a.at - b.at)
    return first && first.at <= end ? first : undefined
  }

  return {
    now: () => time,
    startTimer(callback, ms) {
      const timer = { at: time + ms, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(ms) {
      const end = time + ms
      await settle()
      for (let fired = 0; fired < MAX_TIMERS; fired++) {
        const timer = nextDue(end)
        if (!timer) {
          time = end
          return
        }
        timers.delete(timer)
        time = Math.max(time, timer.at)
        timer.callback()
        await settle()
      }
      throw new Error(`More than ${MAX_TIMERS} timers fired within ${ms} ms.`)
    },
    set(ms) {
      time = ms
    },
    pendingTimers: () => timers.size,
  }
}
