import type { Clock, Random } from '../../../functions/shared/clock.ts'
import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'

export interface DependencyOptions {
  /** Calls that are worked on at a time. */
  readonly workers: number
  /** The mean time that a call takes a worker now, in milliseconds. */
  readonly serviceMs: (now: number) => number
  readonly now: Clock
  readonly random: Random
  readonly startTimer: StartTimer
}

/**
 * A service with so many workers and one queue, like a database behind a pool of connections. Times are exponential. It
 * doesn't know who has given up: it also works on calls whose caller is gone, which is what makes an overload last.
 */
export function createDependency({ workers, serviceMs, now, random, startTimer }: DependencyOptions) {
  const waiting: (() => void)[] = []
  let busy = 0

  function work(done: () => void): void {
    busy += 1
    const ms = -Math.log(1 - random()) * serviceMs(now())
    startTimer(() => {
      busy -= 1
      waiting.shift()?.()
      done()
    }, ms)
  }

  return (): Promise<void> =>
    new Promise((resolve) => {
      const begin = () => work(resolve)
      if (busy < workers) begin()
      else waiting.push(begin)
    })
}
