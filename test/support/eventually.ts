import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  /**
   * Milliseconds after which a claim that does not hold fails. No wait takes longer than necessary. The last try begins
   * after them, however long the tries take.
   *
   * @default DEADLINE_MS
   */
  deadlineMs?: number
  /** The time in milliseconds, and a way to wait. */
  clock?: { now: () => number; pause: (ms: number) => Promise<unknown> }
}

/**
 * Tells that something came in the way of a claim, as a busy machine does: the claim showed nothing, and waiting doesn't
 * help. See `undisturbed`.
 */
export class Disturbed extends Error {}

/** Enough for a chain of four cold functions on a busy machine. */
export const DEADLINE_MS = 60_000
const INTERVAL_MS = 100
export const REAL_TIME = { now: () => performance.now(), pause: delay }

/**
 * Repeats a claim until it holds, and returns its value. This shows that a state is reached, but not that it lasts: the
 * next request may reach an environment that still caches the old state (see `steadily`).
 *
 * @param claim rejects as long as it does not hold, as `expect` does.
 * @throws the last error of the claim, once the deadline has passed, and `Disturbed` at once.
 */
export function eventually<Value>(claim: () => Promise<Value>, patience: Patience = {}): Promise<Value> {
  return repeat(claim, () => true, patience)
}

/**
 * Repeats a claim until it has held without interruption for `forMs`, and returns its last value. If `forMs` is the
 * lifetime of a cache in a function's environments, the claim then holds in all of them: every entry that was cached
 * before the first answer of the span has expired by the last question.
 *
 * @param claim as for `eventually`; it must not change anything, because it is repeated.
 * @throws the last error of the claim, once the deadline has passed.
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
      if (error instanceof Disturbed || askedAt >= end) throw error
      heldSince = undefined
    }
    await clock.pause(INTERVAL_MS)
  }
}
