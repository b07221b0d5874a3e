import type { Clock, Random } from '../clock.ts'
import { createSingleFlight } from './single-flight.ts'

/**
 * Reads the value from its source; `undefined` if it doesn't exist. The signal aborts when no caller waits any more.
 */
export type Load<V> = (signal: AbortSignal) => Promise<V | undefined>

export interface CacheOptions<V> {
  /** The maximum age of a value, counted from the start of its load, unless `staleIfErrorMs` applies. */
  ttlMs: number
  /** The time for which the absence of a value is cached. @default 0: not at all */
  negativeTtlMs?: number
  /** The age up to which an expired value is served if its load fails with a retryable error. @default 0: never */
  staleIfErrorMs?: number
  /** @default true for an error with `retryable: true`, such as an AppError */
  isRetryable?: (error: unknown) => boolean
  /** Decides whether a value may be served stale. @default always */
  mayStandIn?: (value: V) => boolean
  /** At least 1. The least recently used entry is evicted when there are more. */
  maxEntries: number
  now: Clock
  random: Random
}

export interface Cache<V> {
  /**
   * Returns the cached value, or else what `load` returns. Calls for a key share one load; after an invalidation the
   * next call starts another one, even if the old load is still running. A load needs a timeout of its own.
   *
   * @param signal ends this caller's wait only; the load's own signal aborts when its last caller leaves.
   * @throws what `load` throws, or the signal's reason.
   */
  get: (key: string, load: Load<V>, signal?: AbortSignal) => Promise<V | undefined>
  /** Drops the value: no later `get` returns one whose load began before. Calls that are already waiting may get it. */
  invalidate: (key: string) => void
  /** Works as `invalidate`, but the old value may be served, up to `staleIfErrorMs`, if the next load fails. */
  expire: (key: string) => void
}

interface Entry<V> {
  value: V | undefined
  /** The start of its load, from which its age counts. */
  since: number
  /** The time at which it expires. */
  until: number
}

/**
 * The largest part of its lifetime by which an entry expires early, at random, so that entries don't expire together.
 */
const JITTER = 0.1

/**
 * Creates a cache of one execution environment in front of a slower source (cache-aside). It has no timers: an
 * environment that was frozen simply finds its entries expired.
 *
 * @throws RangeError for a `maxEntries` below 1.
 */
export function createCache<V>(options: CacheOptions<V>): Cache<V> {
  const { ttlMs, negativeTtlMs = 0, staleIfErrorMs = 0, maxEntries, now, random } = options
  const { isRetryable = (error) => (error as { retryable?: unknown } | undefined)?.retryable === true } = options
  const { mayStandIn = () => true } = options
  if (!(maxEntries >= 1)) throw new RangeError(`maxEntries is ${maxEntries}: it must be at least 1.`)
  /** Entries in order of use, the least recent first. */
  const entries = new Map<string, Entry<V>>()
  const flights = createSingleFlight<V | undefined>()

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
    const time = (value === undefined ? negativeTtlMs : ttlMs) * (1 - JITTER * random())
    // An absent value replaces the old one, which must not come back when a later load fails.
    if (value === undefined && !time) entries.delete(key)
    else put(key, { value, since, until: since + time })
  }

  const read = async (key: string, load: () => Promise<V | undefined>, isCurrent: () => boolean) => {
    const since = now()
    try {
      const value = await load()
      if (isCurrent()) keep(key, value, since)
      return value
    } catch (error) {
      const old = entries.get(key)
      if (old?.value === undefined || now() - old.since >= staleIfErrorMs || !isRetryable(error)) throw error
      if (!mayStandIn(old.value)) throw error
      put(key, old)
      return old.value
    }
  }

  return {
    async get(key, load, signal) {
      const entry = fresh(key)
      if (!entry) return flights.join(key, (shared, isCurrent) => read(key, () => load(shared), isCurrent), signal)
      put(key, entry)
      return entry.value
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
  }
}
