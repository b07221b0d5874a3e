import type { Random } from '../clock.ts'

/** Calls back once after `ms`, never synchronously; returns what cancels it, which does no harm afterwards. */
export type StartTimer = (callback: () => void, ms: number) => () => void

export const startTimer: StartTimer = (callback, ms) => {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}

export interface SleepOptions {
  ms: number
  signal: AbortSignal
  startTimer: StartTimer
}

/** Resolves after `ms`, or as soon as the signal aborts. Leaves neither a timer nor a listener. */
export function sleep({ ms, signal, startTimer }: SleepOptions): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = startTimer(end, ms)
    signal.addEventListener('abort', end)
  })
}

export interface RandomPauseOptions {
  maxMs: number
  random: Random
  signal: AbortSignal
  startTimer: StartTimer
}

/**
 * Pauses for a random time of up to `maxMs`, so that two writers that were in each other's way don't meet again.
 *
 * @throws the signal's reason, once it aborts.
 */
export async function randomPause({ maxMs, random, signal, startTimer }: RandomPauseOptions): Promise<void> {
  await sleep({ ms: random() * maxMs, signal, startTimer })
  signal.throwIfAborted()
}
