import type { Clock, Random } from '../clock.ts'
import { createSingleFlight } from './single-flight.ts'

/** Reads the value from where it lives; `undefined`: there is none. The signal aborts when nobody waits any more. */
export type Load<V> = (signal: AbortSignal) => Promise<V | undefined>

export interface CacheOptions<V> {
  /** A value's age counts from when its load began: this bounds how old what `get` serves without an error can be. */
  ttlMs: number
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
  now: Clock
  random: Random
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
}

interface Entry<V> {
  value: V | undefined
  /** When its load began: its age counts from there. */
  since: number
  /** When its time is over. */
  until: number
}

/** The share of its time by which an entry ends early at most, at random, so that not all end together. */
const JITTER = 0.1

/**
 * A cache of one execution environment in front of a slower source (cache-aside). It holds no timers: an environment
 * that was frozen wakes up with expired entries, and that is all.
 *
 * @throws RangeError for a `maxEntries` below 1.
 */
export function createCache<V>(options: CacheOptions<V>): Cache<V> {
  const { ttlMs, negativeTtlMs = 0, staleIfErrorMs = 0, maxEntries, now, random } = options
  const { isRetryable = (error) => (error as { retryable?: unknown } | undefined)?.retryable === true } = options
  const { mayStandIn = () => true } = options
  if (!(maxEntries >= 1)) throw new RangeError(`maxEntries is ${maxEntries}: it must be at least 1.`)
  /** In order of use, the oldest first. */
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
    // "There is none" ends the old value too, which must not come back when a later load fails.
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
