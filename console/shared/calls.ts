/** A call that the page made, for the list of calls. */
export interface RecordedCall {
  stack: string
  method: string
  path: string
  status: number
  ms: number
  traceId: string
  /** Milliseconds since the epoch. */
  time: number
}

/** The number of calls that are listed. */
const MAX_CALLS = 100

const calls: RecordedCall[] = []
const listeners = new Set<() => void>()

export function recordCall(call: RecordedCall): void {
  calls.unshift(call)
  calls.length = Math.min(calls.length, MAX_CALLS)
  for (const listener of listeners) listener()
}

/** Returns the calls so far, the newest first. */
export function recordedCalls(): readonly RecordedCall[] {
  return calls
}

/** Calls back after each call; returns a function that ends it. */
export function onCall(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
