/**
 * The user interrupted the command. Everything that was started has been stopped on the way here, and no message is
 * needed.
 */
export class Interrupted extends Error {}

let interrupted = false

/**
 * Handles Ctrl-C and SIGTERM from now on: the process doesn't end, but calls `stop`, and the command unwinds by the
 * `Interrupted` that its next step throws, through every `finally` that cleans up.
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
