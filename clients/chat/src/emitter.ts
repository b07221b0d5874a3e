export type Unsubscribe = () => void

export interface Emitter<Events> {
  on: <Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void) => Unsubscribe
  emit: <Type extends keyof Events>(type: Type, event: Events[Type]) => void
}

/**
 * Calls listeners in the order in which they were added.
 *
 * @param onError gets what a listener throws, which stops neither the other listeners nor the caller.
 */
export function createEmitter<Events>(onError: (error: unknown) => void): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>()
  return {
    on(type, listener) {
      const all = listeners.get(type) ?? new Set()
      listeners.set(type, all)
      // A function of its own, so that the same listener can be added twice.
      const added = (event: never) => listener(event)
      all.add(added)
      return () => void all.delete(added)
    },
    emit(type, event) {
      for (const listener of [...(listeners.get(type) ?? [])]) {
        try {
          listener(event as never)
        } catch (error) {
          onError(error)
        }
      }
    },
  }
}

/** Lets an error surface as one that nobody caught, as `EventTarget` does. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
