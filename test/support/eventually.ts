import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  /**
   * Milliseconds after which a claim that does not hold fails. Nothing waits longer than it must.
   *
   * @default DEADLINE_MS
   */
  deadlineMs?: number
  /** Time in milliseconds, and a way to let it pass. */
  clock?: { now: () => number; pause: (ms: number) => Promise<unknown> }
}

/** Time for a chain of four functions that may all be cold, on a machine that has other work to do. */
export const DEADLINE_MS = 60_000
const INTERVAL_MS = 100
const REAL_TIME = { now: () => performance.now(), pause: delay }

/**
 * Repeats a claim until it holds, and returns its value. This shows that something becomes true, and not that it stays
 * so: the next request may reach an environment that still remembers the old state (see `steadily`).
 *
 * @param claim rejects as long as it does not hold, as `expect` makes it.
 * @throws what the claim threw last, once the deadline has passed.
 */
export function eventually<Value>(claim: () => Promise<Value>, patience: Patience = {}): Promise<Value> {
  return repeat(claim, () => true, patience)
}

/**
 * Repeats a claim until it has held without a break for `forMs`, and returns its last value. With the time for which an
 * environment of a function remembers as `forMs`, the claim then holds in all of them: whatever was remembered before
 * the first answer in the row has expired by the time of the last question.
 *
 * @param claim as for `eventually`; it must change nothing, because it is repeated.
 * @throws what the claim threw last, once the deadline has passed.
 */
export function steadily<Value>(
  claim: () => Promise<Value>,
  { forMs, ...patience }: Patience & { forMs: number },
): Promise<Value> {
  return repeat(claim, ({ askedAt, heldSince }) => askedAt >= heldSince + forMs, patience)
}

async function repeat<Value>(
  claim: () => Promise<Value>,
  isEnough: (held: { askedAt: number; heldSince: number }) => boolean,
  { deadlineMs = DEADLINE_MS, clock = REAL_TIME }: Patience,
): Promise<Value> {
  const end = clock.now() + deadlineMs
  let heldSince: number | undefined
  for (;;) {
    const askedAt = clock.now()
    try {
      const value = await claim()
      heldSince ??= clock.now()
      if (isEnough({ askedAt, heldSince })) return value
    } catch (error) {
      if (clock.now() >= end) throw error
      heldSince = undefined
    }
    await clock.pause(INTERVAL_MS)
  }
}
