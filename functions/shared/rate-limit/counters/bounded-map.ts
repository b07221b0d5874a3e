/** A map with a bound, for what an environment remembers of counters. */
export interface BoundedMap<V> {
  get: (key: string) => V | undefined
  /** Sets a value. Above the bound, the key that was set longest ago is dropped. */
  set: (key: string, value: V) => void
}

/** Creates a map of at most `max` keys. */
export function boundedMap<V>(max: number): BoundedMap<V> {
  /** In the order in which keys were set, the oldest first. */
  const entries = new Map<string, V>()
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      for (const oldest of entries.keys()) {
        if (entries.size <= max) return
        entries.delete(oldest)
      }
    },
  }
}
