import { type StartTimer, sleep } from '../resilience/timer.ts'

export interface PauseOptions {
  /** From 0 up to, but not, 1. */
  random: () => number
  startTimer: StartTimer
}

/**
 * A random while before another try, so that two that were in each other's way don't meet again.
 *
 * @param maxMs 10 by default: what a transaction takes.
 * @throws the signal's reason, once it aborts.
 */
export async function pause({ random, startTimer }: PauseOptions, signal: AbortSignal, maxMs = 10): Promise<void> {
  await sleep({ ms: random() * maxMs, signal, startTimer })
  signal.throwIfAborted()
}
