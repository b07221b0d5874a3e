import { LimiterUnavailable } from './errors.ts'

export interface TimeLimit {
  timeoutMs: number
  signal?: AbortSignal | undefined
}

/**
 * Runs work that ends when the time limit passes or the caller's signal is aborted, also when the work itself does not
 * listen to the signal that it is given. No timer and no listener is left behind.
 *
 * @throws LimiterUnavailable after the time limit, or the reason of the caller's signal.
 */
export async function withinTime<T>(
  { timeoutMs, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  const onTimeout = () =>
    controller.abort(new LimiterUnavailable('timeout', `The rate limiter did not answer within ${timeoutMs} ms.`))
  const timer = setTimeout(onTimeout, timeoutMs)
  signal?.addEventListener('abort', onAbort)
  try {
    return await new Promise<T>((resolve, reject) => {
      // Comes before the listeners of the work, so that the reason is told and not how the work ended.
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
      work(controller.signal).then(resolve, reject)
    })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
