/** What an environment knows of the last `max` keys that it had to do with. */
export interface Recent<V> {
  get: (key: string) => V | undefined
  set: (key: string, value: V) => void
}

export function recent<V>(max: number): Recent<V> {
  /** The one that was set longest ago comes first. */
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
