/** A look at everything that takes longer, because the table is slow, counts as so much. */
const MAX_LOOK_MS = 500

/**
 * Counts the milliseconds since it was created, for a loop that looks again and again whether workers have done their
 * work, and calls it once a round. While the local cloud is slow, time doesn't count in full: the workers get little
 * done in it.
 */
export function createCountedTime(now = Date.now): () => number {
  let lookedAt = now()
  let counted = 0
  return () => {
    const at = now()
    counted += Math.min(at - lookedAt, MAX_LOOK_MS)
    lookedAt = at
    return counted
  }
}
