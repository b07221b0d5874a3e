/** Time, as the client uses it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now: () => number
  /** Calls back once after so many milliseconds, and returns the function that cancels it. */
  startTimer: (callback: () => void, ms: number) => () => void
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  startTimer(callback, ms) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

/** Time and randomness, by which the client decides beside what it receives. */
export interface Chance {
  clock: Clock
  /** At least 0, and less than 1. */
  random: () => number
}

/**
 * Waits.
 *
 * @throws the signal's reason, as soon as it is aborted.
 */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const onAbort = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.startTimer(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
