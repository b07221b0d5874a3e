import { createSingleFlight } from './single-flight.ts'

/** What one `get` found, told once it has its answer. The four together are the number of calls. */
export type CacheEvent = 'hit' | 'negative' | 'miss' | 'stale'

/** Reads the value from where it lives; `undefined`: there is none. The signal aborts when nobody waits any more. */
export type Load<V> = (signal: AbortSignal) => Promise<V | undefined>

export interface CacheOptions<V> {
  /** A value's age counts from when its load began: this bounds how old what `get` serves without an error can be. */
  ttlMs: number
  /** 0..1: the share of its time by which an entry ends early, at random, so that not all end together. Default 0.1. */
  jitter?: number
  /** How long "there is none" is believed. Default 0: not at all. */
  negativeTtlMs?: number
  /** Until what age a value is served after its time, if its load fails with a retryable error. Default 0: never. */
  staleIfErrorMs?: number
  /** Default: what has `retryable: true`, as an AppError may. */
  isRetryable?: (error: unknown) => boolean
  /** Which values may stand in so. Default: all. */
  mayStandIn?: (value: V) => boolean
  /** At least 1. One more, and the entry that was used least recently goes. */
  maxEntries: number
  /** Milliseconds since the epoch. */
  now: () => number
  /** 0 <= x < 1; `Math.random` fits. */
  random: () => number
  onEvent?: (event: CacheEvent) => void
}

export interface Cache<V> {
  /**
   * The cached value, else what `load` finds. Calls for a key share one load; only where an invalidation cut one off
   * does the next begin beside it. A load needs a timeout of its own.
   *
   * @param signal ends this caller's wait only; the load's own signal aborts when its last caller has gone.
   * @throws what `load` throws, or the signal's reason.
   */
  get: (key: string, load: Load<V>, signal?: AbortSignal) => Promise<V | undefined>
  /** From now on, no `get` returns a value whose load began before. Calls that wait already may still get it. */
  invalidate: (key: string) => void
  /** As `invalidate`, but the old value may still stand in, up to `staleIfErrorMs`, if the next load fails. */
  expire: (key: string) => void
  /** The value, if it is cached and within its time: no load, no event, and it doesn't count as use. */
  peek: (key: string) => V | undefined
}

interface Entry<V> {
  value: V | undefined
  /** When its load began: its age counts from there. */
  since: number
  /** When its time is over. */
  until: number
}

/** What a run found, and how it counts. */
type Found<V> = readonly [value: V | undefined, event: CacheEvent]

/**
 * A cache of one execution environment in front of a slower source (cache-aside). It holds no timers: an environment
 * that was frozen wakes up with expired entries, and that is all.
 *
 * @throws RangeError for `jitter` or `maxEntries` out of their range.
 */
export function createCache<V>(options: CacheOptions<V>): Cache<V> {
  const { ttlMs, jitter = 0.1, negativeTtlMs = 0, staleIfErrorMs = 0, maxEntries, now, random, onEvent } = options
  const { isRetryable = (error) => (error as { retryable?: unknown } | undefined)?.retryable === true } = options
  const { mayStandIn = () => true } = options
  if (!(maxEntries >= 1 && jitter >= 0 && jitter <= 1)) {
    throw new RangeError(`maxEntries is ${maxEntries}, jitter ${jitter}: give 1 or more, 0 to 1.`)
  }
  /** In order of use, the oldest first. */
  const entries = new Map<string, Entry<V>>()
  const flights = createSingleFlight<Found<V>>()

  const put = (key: string, entry: Entry<V>) => {
    entries.delete(key)
    entries.set(key, entry)
    const [oldest = key] = entries.keys()
    if (entries.size > maxEntries) entries.delete(oldest)
  }

  const fresh = (key: string) => {
    const entry = entries.get(key)
    return entry && now() < entry.until ? entry : undefined
  }

  const keep = (key: string, value: V | undefined, since: number) => {
    const time = (value === undefined ? negativeTtlMs : ttlMs) * (1 - jitter * random())
    // "There is none" ends the old value too, which must not come back when a later load fails.
    if (value === undefined && !time) entries.delete(key)
    else put(key, { value, since, until: since + time })
  }

  const read = async (key: string, load: () => Promise<V | undefined>, isCurrent: () => boolean): Promise<Found<V>> => {
    const since = now()
    try {
      const value = await load()
      if (isCurrent()) keep(key, value, since)
      return [value, 'miss']
    } catch (error) {
      const old = entries.get(key)
      if (old?.value === undefined || now() - old.since >= staleIfErrorMs || !isRetryable(error)) throw error
      if (!mayStandIn(old.value)) throw error
      put(key, old)
      return [old.value, 'stale']
    }
  }

  return {
    async get(key, load, signal) {
      const entry = fresh(key)
      if (entry) {
        put(key, entry)
        onEvent?.(entry.value === undefined ? 'negative' : 'hit')
        return entry.value
      }
      let found: Found<V> = [undefined, 'miss']
      try {
        found = await flights.join(key, (shared, isCurrent) => read(key, () => load(shared), isCurrent), signal)
      } finally {
        onEvent?.(found[1])
      }
      return found[0]
    },
    invalidate(key) {
      entries.delete(key)
      flights.forget(key)
    },
    expire(key) {
      const entry = entries.get(key)
      if (entry) entry.until = 0
      flights.forget(key)
    },
    peek: (key) => fresh(key)?.value,
  }
}
