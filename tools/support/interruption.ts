/** The user asked to stop. What was started has been stopped on the way here, and nothing more is to be said. */
export class Interrupted extends Error {}

let interrupted = false

/**
 * From now on Ctrl-C (or a polite kill) doesn't end this process: it calls `stop`, and the command unwinds by the
 * `Interrupted` that is thrown at its next step, through every `finally` that cleans up.
 */
export function catchInterruptions(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true
      stop()
    })
  }
}

export function isInterrupted(): boolean {
  return interrupted
}

/** @throws Interrupted */
export function throwIfInterrupted(): void {
  if (interrupted) throw new Interrupted('Interrupted.')
}
