import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { type CacheOptions, createCache } from '../../../functions/shared/cache/cache.ts'
import { AppError } from '../../../functions/shared/errors.ts'

const OUTAGE = new AppError('dependency-failed', 'the table is down', { retryable: true })
const BUG = new AppError('dependency-failed', 'the permission is missing')

/** A cache in front of a source whose clock, content and health the test sets. */
function cached(options: Partial<CacheOptions<string>> = {}) {
  const source = { time: 1_000_000, value: 'first' as string | undefined, error: undefined as unknown, loads: 0 }
  const cache = createCache<string>({
    ttlMs: 1000,
    maxEntries: 10,
    now: () => source.time,
    random: () => 0,
    ...options,
  })
  const load = async () => {
    source.loads += 1
    if (source.error) throw source.error
    return source.value
  }
  /** Returns the cached value: a signal that is aborted already starts no load. */
  const held = (key: string) => cache.get(key, load, AbortSignal.abort()).catch(() => undefined)
  return { source, cache, held, get: (key = 'key') => cache.get(key, load) }
}

/** A load that ends when the test says so, and the signal it was given. */
function pending() {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const seen: { signal?: AbortSignal; loads: number } = { loads: 0 }
  const load = (signal: AbortSignal) => {
    seen.signal = signal
    seen.loads += 1
    return promise
  }
  return { load, resolve, reject, seen }
}

describe('time to live', () => {
  test('a value is served for its ttl and not one millisecond longer', async () => {
    const { source, get } = cached()
    await get()
    source.value = 'second'
    source.time += 999
    expect(await get()).toBe('first')
    source.time += 1
    expect(await get()).toBe('second')
    expect(source.loads).toBe(2)
  })

  test('the age counts from when the load began, not from when it ended', async () => {
    const { source, cache, get } = cached()
    const slow = pending()
    const first = cache.get('key', slow.load)
    source.time += 1000
    slow.resolve('late')
    expect(await first).toBe('late')
    expect(await get()).toBe('first')
  })

  test.each([
    [0, 1000],
    [0.5, 950],
    [0.99, 901],
  ])('jitter ends an entry up to a tenth early, never late: random %d leaves %d ms', async (random, left) => {
    const { source, get } = cached({ random: () => random })
    await get()
    source.time += left - 1
    await get()
    expect(source.loads).toBe(1)
    source.time += 1
    await get()
    expect(source.loads).toBe(2)
  })
})

describe('negative entries', () => {
  test('"there is none" is believed for negativeTtlMs', async () => {
    const { source, get } = cached({ negativeTtlMs: 100 })
    source.value = undefined
    await get()
    source.value = 'new'
    source.time += 99
    expect(await get()).toBeUndefined()
    source.time += 1
    expect(await get()).toBe('new')
    expect(source.loads).toBe(2)
  })

  test('by default it is not, and takes no room from values', async () => {
    const { source, held, get } = cached({ maxEntries: 1 })
    await get('value')
    source.value = undefined
    await get('none')
    await get('none')
    expect(source.loads).toBe(3)
    expect(await held('value')).toBe('first')
  })
})

describe('stale if error', () => {
  const options = { staleIfErrorMs: 5000 }

  test('an old value stands in for a retryable error, up to its age', async () => {
    const { source, get } = cached(options)
    await get()
    source.error = OUTAGE
    source.time += 4999
    expect(await get()).toBe('first')
    source.time += 1
    await expect(get()).rejects.toBe(OUTAGE)
  })

  test('each call looks for a new one first', async () => {
    const { source, get } = cached(options)
    await get()
    source.error = OUTAGE
    source.time += 1000
    await get()
    Object.assign(source, { error: undefined, value: 'second' })
    expect(await get()).toBe('second')
  })

  test('all who wait for the load get it', async () => {
    const { source, get } = cached(options)
    await get()
    source.error = OUTAGE
    source.time += 1000
    expect(await Promise.all([get(), get()])).toEqual(['first', 'first'])
    expect(source.loads).toBe(2)
  })

  test.each([
    ['an error that is not retryable', BUG],
    ['something thrown that is no error', undefined],
  ])('%s is thrown', async (_, error) => {
    const { source, cache, get } = cached(options)
    await get()
    source.time += 1000
    await expect(cache.get('key', () => Promise.reject(error))).rejects.toBe(error)
  })

  test('the caller may say which errors count', async () => {
    const { source, get } = cached({ ...options, isRetryable: (error) => error === BUG })
    await get()
    source.time += 1000
    source.error = BUG
    expect(await get()).toBe('first')
    source.error = OUTAGE
    await expect(get()).rejects.toBe(OUTAGE)
  })

  test('the caller may say which values stand in: for another the error is thrown', async () => {
    const { source, get } = cached({ ...options, mayStandIn: (value) => value !== 'first' })
    await get()
    source.error = OUTAGE
    source.time += 1000
    await expect(get()).rejects.toBe(OUTAGE)
    Object.assign(source, { error: undefined, value: 'second' })
    await get()
    source.error = OUTAGE
    source.time += 1000
    expect(await get()).toBe('second')
  })

  test('without staleIfErrorMs every error is thrown', async () => {
    const { source, get } = cached()
    await get()
    source.error = OUTAGE
    source.time += 1000
    await expect(get()).rejects.toBe(OUTAGE)
  })

  test.each([0, 100])('what is gone does not come back (negativeTtlMs %d)', async (negativeTtlMs) => {
    const { source, get } = cached({ ...options, negativeTtlMs })
    await get()
    source.value = undefined
    source.time += 1000
    await get()
    source.error = OUTAGE
    source.time += 1000
    await expect(get()).rejects.toBe(OUTAGE)
  })
})

describe('invalidation', () => {
  test('the next call loads, and nothing stands in if that fails', async () => {
    const { source, cache, get } = cached({ staleIfErrorMs: 5000 })
    await get()
    cache.invalidate('key')
    source.error = OUTAGE
    await expect(get()).rejects.toBe(OUTAGE)
  })

  test('a load in flight gives its result to those who wait, and to nobody after', async () => {
    const { cache, get } = cached()
    const slow = pending()
    const before = cache.get('key', slow.load)
    cache.invalidate('key')
    const after = get()
    slow.resolve('old')
    expect(await before).toBe('old')
    expect(await after).toBe('first')
    expect(await get()).toBe('first')
  })

  test('a late result is not kept, even if nobody asked in between', async () => {
    const { cache, held } = cached()
    const slow = pending()
    const before = cache.get('key', slow.load)
    cache.invalidate('key')
    slow.resolve('old')
    await before
    expect(await held('key')).toBeUndefined()
  })

  test('expire is the same, but the old value stands in if the next load fails', async () => {
    const { source, cache, held, get } = cached({ staleIfErrorMs: 5000 })
    await get()
    cache.expire('key')
    source.error = OUTAGE
    expect(await get()).toBe('first')
    Object.assign(source, { error: undefined, value: 'second' })
    expect(await get()).toBe('second')
    cache.expire('unknown')
    expect(await held('unknown')).toBeUndefined()
  })

  test('other keys stay', async () => {
    const { cache, held, get } = cached()
    await get('a')
    await get('b')
    cache.invalidate('a')
    expect([await held('a'), await held('b')]).toEqual([undefined, 'first'])
  })
})

describe('deadlines', () => {
  test("a caller's signal ends its own wait, and the others get the value", async () => {
    const { cache } = cached()
    const slow = pending()
    const hurried = new AbortController()
    const first = cache.get('key', slow.load, hurried.signal)
    const second = cache.get('key', slow.load, new AbortController().signal)
    hurried.abort(new Error('deadline'))
    await expect(first).rejects.toThrow('deadline')
    expect(slow.seen.signal?.aborted).toBe(false)
    slow.resolve('value')
    expect(await second).toBe('value')
    expect(slow.seen.loads).toBe(1)
  })

  test('when the last caller has gone, the load is aborted and the next call starts another', async () => {
    const { cache, held, get } = cached()
    const slow = pending()
    const callers = [new AbortController(), new AbortController()]
    const calls = callers.map(({ signal }) =>
      cache.get('key', slow.load, signal).catch((error: Error) => error.message),
    )
    for (const caller of callers) caller.abort(new Error('deadline'))
    expect(await Promise.all(calls)).toEqual(['deadline', 'deadline'])
    expect(slow.seen.signal?.reason).toEqual(new Error('deadline'))
    expect(await get()).toBe('first')
    slow.resolve('old')
    await slow.load(AbortSignal.abort())
    expect(await held('key')).toBe('first')
  })

  test('a caller without a signal keeps the load alive', async () => {
    const { cache } = cached()
    const slow = pending()
    const patient = cache.get('key', slow.load)
    const hurried = new AbortController()
    const gone = cache.get('key', slow.load, hurried.signal)
    hurried.abort()
    await expect(gone).rejects.toThrow('aborted')
    expect(slow.seen.signal?.aborted).toBe(false)
    slow.resolve('value')
    expect(await patient).toBe('value')
  })

  test('a signal that is already aborted starts no load, but a cached value costs no time', async () => {
    const { source, cache, get } = cached()
    const load = async () => 'loaded'
    await expect(cache.get('key', load, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    expect(source.loads).toBe(0)
    await get()
    expect(await cache.get('key', load, AbortSignal.abort())).toBe('first')
  })

  test('afterwards nothing listens to the signal any more', async () => {
    const { cache } = cached()
    const { signal } = new AbortController()
    const call = cache.get('key', async () => 'value', signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await call
    await expect(cache.get('other', () => Promise.reject(BUG), signal)).rejects.toBe(BUG)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('single flight', () => {
  test('a failed load is shared too, and forgotten', async () => {
    const { source, get } = cached()
    source.error = BUG
    const results = await Promise.allSettled([get(), get()])
    expect(results).toEqual([1, 2].map(() => ({ status: 'rejected', reason: BUG })))
    expect(source.loads).toBe(1)
    source.error = undefined
    expect(await get()).toBe('first')
  })

  test('a load that invalidates its own key is cut off as any other', async () => {
    const { cache, held } = cached()
    await cache.get('key', async () => {
      cache.invalidate('key')
      return 'old'
    })
    expect(await held('key')).toBeUndefined()
  })
})

describe('at most maxEntries', () => {
  const KEYS = ['a', 'b', 'c', 'd', 'e']

  test('are held, and the one used least recently goes first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom(...KEYS), { maxLength: 30 }),
        async (maxEntries, keys) => {
          const { held, get } = cached({ maxEntries })
          let expected: string[] = []
          for (const key of keys) {
            await get(key)
            expected = [...expected.filter((other) => other !== key), key].slice(-maxEntries)
          }
          const found = await Promise.all(KEYS.map(held))
          expect(KEYS.filter((_, index) => found[index])).toEqual([...expected].sort())
        },
      ),
    )
  })

  test('a value that stands in for an error counts as used', async () => {
    const { source, held, get } = cached({ maxEntries: 2, staleIfErrorMs: 5000 })
    await get('a')
    await get('b')
    source.time += 1000
    source.error = OUTAGE
    await get('a')
    source.error = undefined
    await get('c')
    source.error = OUTAGE
    expect(await get('a')).toBe('first')
    await expect(get('b')).rejects.toBe(OUTAGE)
    expect(await held('c')).toBe('first')
  })

  test.each([0, Number.NaN])('a maxEntries of %d is refused', (maxEntries) => {
    expect(() => cached({ maxEntries })).toThrow(new RangeError(`maxEntries is ${maxEntries}: it must be at least 1.`))
  })
})
