import { SlotLost } from './errors.ts'
import type { Slots } from './slots.ts'

export interface Holding {
  slots: Pick<Slots, 'heartbeat' | 'release'>
  /** `undefined`: the work runs without a slot. */
  slotId: string | undefined
  ttlMs: number
  signal: AbortSignal | undefined
  /** True if the slot is kept while the service doesn't respond. */
  isOpen: boolean
  /** The time of the request for the slot, by `performance.now()`. */
  askedAt: number
}

/**
 * Runs work and keeps a slot meanwhile. When the slot expires is counted from before each request was sent, by this
 * machine's monotonic clock, so it never outlasts the service's.
 */
export async function runHolding<T>(holding: Holding, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { slots, slotId, signal } = holding
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  const stop = slotId === undefined ? () => {} : keepAlive({ ...holding, slotId }, controller)
  try {
    controller.signal.throwIfAborted()
    return await work(controller.signal)
  } finally {
    stop()
    signal?.removeEventListener('abort', onAbort)
    // A slot that can't be given back is free when it expires, and the work counts more than that.
    if (slotId !== undefined) await slots.release(slotId).catch(() => {})
  }
}

/** Sends heartbeats until it is stopped or the slot is lost. Returns the function that stops it. */
function keepAlive(
  { slots, slotId, ttlMs, isOpen, askedAt }: Holding & { slotId: string },
  controller: AbortController,
): () => void {
  const stopped = new AbortController()
  let timer: ReturnType<typeof setTimeout>
  let expiry: ReturnType<typeof setTimeout>
  const stop = () => {
    clearTimeout(timer)
    clearTimeout(expiry)
    stopped.abort()
  }
  const lose = () => {
    stop()
    controller.abort(new SlotLost(slotId))
  }
  const held = (sentAt: number) => {
    clearTimeout(expiry)
    if (!isOpen) expiry = setTimeout(lose, sentAt + ttlMs - performance.now())
  }
  const beat = async () => {
    const sentAt = performance.now()
    // A heartbeat without an answer is followed by the next one, until the slot expires.
    const result = await slots.heartbeat(slotId, { signal: stopped.signal }).catch(() => undefined)
    if (stopped.signal.aborted) return
    if (result?.outcome === 'lost') return lose()
    if (result?.outcome === 'held') held(sentAt)
    timer = setTimeout(beat, ttlMs / 3)
  }
  held(askedAt)
  timer = setTimeout(beat, ttlMs / 3)
  return stop
}
