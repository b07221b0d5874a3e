import { inParallel } from '../../../functions/shared/queue/lanes.ts'

/** A connection that notes when each event of a room arrives first. */
export interface Listener {
  /** The time of arrival by the number of the event, in the order of arrival. */
  readonly arrivals: ReadonlyMap<number, number>
  close: () => void
}

export interface ListenersOptions {
  readonly webSocketUrl: string
  /** Issues a ticket. */
  readonly ticket: () => Promise<string>
  readonly count: number
}

/** Connections that are opened at a time. */
const CONCURRENCY = 16

/** The time limit of an upgrade, in ms. */
const OPEN_MS = 30_000

/** Opens many connections. Rejects if one is refused. */
export async function openListeners({ webSocketUrl, ticket, count }: ListenersOptions): Promise<Listener[]> {
  const listeners: Listener[] = []
  const errors: unknown[] = []
  await inParallel(
    Array.from({ length: count }, (_, index) => index),
    CONCURRENCY,
    async () => {
      try {
        listeners.push(await openListener(webSocketUrl, await ticket()))
      } catch (error) {
        errors.push(error)
      }
    },
  )
  if (errors.length > 0) throw errors[0]
  return listeners
}

async function openListener(webSocketUrl: string, ticket: string): Promise<Listener> {
  const socket = new WebSocket(`${webSocketUrl}?ticket=${encodeURIComponent(ticket)}`)
  const arrivals = new Map<number, number>()
  const known = new AbortController()
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data)
    const at = performance.now()
    for (const { seq } of frame.t === 'events' ? frame.events : []) if (!arrivals.has(seq)) arrivals.set(seq, at)
  })
  await new Promise<void>((resolve, reject) => {
    const { signal } = known
    socket.addEventListener('open', () => resolve(), { signal })
    socket.addEventListener('error', () => reject(new Error('A connection was refused.')), { signal })
    setTimeout(() => reject(new Error('A connection did not open in time.')), OPEN_MS).unref()
  }).finally(() => known.abort())
  return { arrivals, close: () => socket.close() }
}

/**
 * Waits until all listeners have an event.
 *
 * @throws Error naming how many lack it when the time is up.
 */
export async function allHave(listeners: readonly Listener[], seq: number, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const missing = listeners.filter(({ arrivals }) => !arrivals.has(seq)).length
    if (missing === 0) return
    if (performance.now() > end) throw new Error(`${missing} of ${listeners.length} connections lack the event ${seq}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Counts the listeners that lack an event of a run, or got one before an earlier one. */
export function outOfOrder(listeners: readonly Listener[], from: number, to: number): number {
  const wanted = Array.from({ length: to - from + 1 }, (_, index) => from + index).join()
  return listeners.filter(({ arrivals }) => {
    return [...arrivals.keys()].filter((seq) => seq >= from && seq <= to).join() !== wanted
  }).length
}
