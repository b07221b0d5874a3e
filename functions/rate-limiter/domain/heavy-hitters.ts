/** A key that is among the most frequent ones, perhaps. */
export interface Hitter {
  readonly key: string
  /** The number of its occurrences, plus `error` at most. */
  readonly count: number
  readonly error: number
}

/** Counts which keys come most often, in bounded memory. */
export interface HeavyHitters {
  /** @param times how often the key came, at least 1. */
  add: (key: string, times: number) => void
  list: () => Hitter[]
}

/**
 * Counts by the Space-Saving algorithm, with weights (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and
 * Top-k Elements in Data Streams, ICDT 2005). A new key takes the place and the count of the least frequent one, if all
 * places are taken.
 *
 * After N times in all, with m places: `count - error` of a key is never more than how often it came, and at most N / m
 * less, where a key that has no place counts 0.
 *
 * @param places how many keys it remembers.
 * @param hitters what an earlier one listed, to go on from there.
 */
export function createHeavyHitters(places: number, hitters: readonly Hitter[] = []): HeavyHitters {
  const byKey = new Map(hitters.map((hitter) => [hitter.key, hitter]))
  return {
    add(key, times) {
      const known = byKey.get(key)
      if (known) return void byKey.set(key, { ...known, count: known.count + times })
      const error = byKey.size < places ? 0 : dropLeast(byKey)
      byKey.set(key, { key, count: error + times, error })
    },
    list: () => [...byKey.values()],
  }
}

/** Drops the least frequent key, and returns its count. */
function dropLeast(byKey: Map<string, Hitter>): number {
  let least: Hitter | undefined
  for (const hitter of byKey.values()) if (!least || hitter.count < least.count) least = hitter
  if (!least) return 0
  byKey.delete(least.key)
  return least.count
}
