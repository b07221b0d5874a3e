import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'

/** The clock is so many times as fast as the real one; a worker still has more than a second for its calls. */
const SPEED = 20

export interface FastClock {
  now: () => number
  /** Resolves when the clock shows a time, or later. */
  until: (time: number) => Promise<void>
  /** Ends all waiting, now and later. */
  stop: () => void
  /** Moves the clock, as if everybody had slept for so long. */
  skip: (ms: number) => void
  startTimer: StartTimer
}

export function createFastClock(): FastClock {
  const start = Date.now()
  let skipped = 0
  let isStopped = false
  const now = () => Math.floor(start + skipped + SPEED * (Date.now() - start))
  return {
    now,
    async until(time) {
      while (now() < time && !isStopped) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    stop() {
      isStopped = true
    },
    skip(ms) {
      skipped += ms
    },
    startTimer: (callback, ms) => startTimer(callback, ms / SPEED),
  }
}
