/**
 * Work whose result is shared. `isCurrent` says whether others may still join; if not, it only serves waiting callers.
 */
export type Run<T> = (signal: AbortSignal, isCurrent: () => boolean) => Promise<T>

export interface SingleFlight<T> {
  /**
   * Joins the run that is in flight for this key, or starts one.
   *
   * @param signal ends this caller's wait only; the run's own signal aborts when its last caller leaves.
   * @throws what `run` throws, or the signal's reason.
   */
  join: (key: string, run: Run<T>, signal?: AbortSignal) => Promise<T>
  /** Detaches the run that is in flight for this key: the next caller starts another. */
  forget: (key: string) => void
}

/** Waits for the run's result until the signal aborts. */
type Flight<T> = (signal: AbortSignal | undefined) => Promise<T>

/**
 * Shares one run among all callers of its key while it lasts, like Go's singleflight, including `Forget`
 * (https://pkg.go.dev/golang.org/x/sync/singleflight).
 */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>()

  const start = (key: string, run: Run<T>): Flight<T> => {
    let callers = 0
    const abort = new AbortController()
    const isCurrent = () => flights.get(key) === flight
    const end = () => isCurrent() && flights.delete(key)
    const flight: Flight<T> = async (signal) => {
      const left = Promise.withResolvers<never>()
      const leave = () => {
        left.reject(signal?.reason)
        callers -= 1
        if (callers > 0) return
        end()
        abort.abort(signal?.reason)
      }
      callers += 1
      signal?.addEventListener('abort', leave)
      try {
        return await Promise.race([result, left.promise])
      } finally {
        signal?.removeEventListener('abort', leave)
      }
    }
    flights.set(key, flight)
    const result = run(abort.signal, isCurrent).finally(end)
    return flight
  }

  return {
    async join(key, run, signal) {
      signal?.throwIfAborted()
      return (flights.get(key) ?? start(key, run))(signal)
    },
    forget: (key) => flights.delete(key),
  }
}
