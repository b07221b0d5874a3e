import type { Clock } from './clock.ts'

/** A wait that can be cut short. */
export interface WakeUp {
  /** Waits; it ends early at `now`, or when the signal is aborted. It never rejects. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Ends the wait that is under way. */
  now: () => void
}

export function createWakeUp(clock: Clock): WakeUp {
  let end = () => {}
  return {
    wait(ms, signal) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const finish = () => {
          cancel()
          signal.removeEventListener('abort', finish)
          end = () => {}
          resolve()
        }
        const cancel = clock.startTimer(finish, ms)
        signal.addEventListener('abort', finish)
        end = finish
      })
    },
    now: () => end(),
  }
}
