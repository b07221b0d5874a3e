import fc from 'fast-check'
import { type Cache, type CacheOptions, createCache } from '../../../functions/shared/cache/cache.ts'

// The rules must hold however calls, loads, invalidations and the clock overlap. Each run records a history, which is
// checked.

const TTL_MS = 100
const NEGATIVE_TTL_MS = 50
const STALE_MS = 300

type Ending = 'value' | 'none' | 'outage' | 'bug'
type Step = { does: 'get' | 'leave' | 'invalidate' | 'expire'; key: string } | { does: 'wait'; ms: number }

/** `at` counts what happened, `time` is the clock. */
interface Moment {
  at: number
  time: number
}
interface LoadRecord {
  key: string
  ending: Ending
  began: Moment
  ended?: Moment
  /** The moment from which a new load of the key may begin beside this one. */
  cutOff?: Moment
}

const key = fc.constantFrom('a', 'b')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('get' as const), key }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('leave' as const, 'invalidate', 'expire'), key }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(30, 60, 100, 250) }) },
)
const ending = fc.constantFrom<Ending>('value', 'value', 'none', 'outage', 'bug')

type CreateCache = (options: CacheOptions<LoadRecord>) => Cache<LoadRecord>

/** Runs a scenario on a cache, every load ending when the scheduler says so, and returns which rules it broke. */
async function brokenRules(
  create: CreateCache,
  scheduler: fc.Scheduler,
  scenario: { steps: Step[]; endings: Ending[] },
) {
  const { steps, endings } = scenario
  const broken = new Set<string>()
  const loads: LoadRecord[] = []
  const cuts: { key: string; kind: 'invalidate' | 'expire'; at: number }[] = []
  const callers: { key: string; signal: AbortController; done: boolean }[] = []
  const clock: Moment = { at: 0, time: 10_000 }
  const moment = (): Moment => {
    clock.at += 1
    return { ...clock }
  }
  const cache = create({
    ttlMs: TTL_MS,
    negativeTtlMs: NEGATIVE_TTL_MS,
    staleIfErrorMs: STALE_MS,
    isRetryable: (error) => (error as LoadRecord).ending === 'outage',
    maxEntries: 10,
    now: () => clock.time,
    random: () => 0,
  })
  const load = (key: string) => async () => {
    const record: LoadRecord = { key, ending: endings[loads.length % endings.length] ?? 'value', began: moment() }
    if (loads.some((other) => other.key === key && !other.ended && !other.cutOff)) broken.add('one load a key')
    loads.push(record)
    await scheduler.schedule(Promise.resolve(), `load ${loads.length} of ${key}: ${record.ending}`)
    record.ended = moment()
    if (record.ending === 'value') return record
    if (record.ending === 'none') return undefined
    throw record
  }
  const cutOff = (key: string) => {
    for (const record of loads) if (record.key === key && !record.ended) record.cutOff ??= { ...clock }
  }

  /** Checks whether a call that began then may get this load's result. */
  const mayServe = (record: LoadRecord, called: Moment): boolean => {
    const { began, ended } = record
    const cut = (kind: string) =>
      cuts.some((c) => c.kind === kind && c.key === record.key && began.at < c.at && c.at < called.at)
    if (cut('invalidate')) return false
    const ttl = record.ending === 'value' ? TTL_MS : NEGATIVE_TTL_MS
    const isFresh = !ended || ended.at > called.at || called.time - began.time < ttl
    if (isFresh && !cut('expire')) return true
    // Too old: only in place of a load that failed while this call waited.
    return loads.some(
      ({ key, ending, ended: failed }) =>
        record.ending === 'value' &&
        key === record.key &&
        ending === 'outage' &&
        failed !== undefined &&
        failed.at > called.at &&
        failed.time - began.time < STALE_MS,
    )
  }

  const get = async (key: string): Promise<void> => {
    const called = moment()
    const caller = { key, signal: new AbortController(), done: false }
    callers.push(caller)
    try {
      const value = await cache.get(key, load(key), caller.signal.signal)
      const sources = value ? [value] : loads.filter((record) => record.key === key && record.ending === 'none')
      if (sources.some((record) => record.key !== key)) broken.add('own key')
      if (!sources.some((record) => mayServe(record, called))) broken.add('nothing old')
    } catch (error) {
      if (!caller.signal.signal.aborted && !loads.includes(error as LoadRecord)) throw error
    } finally {
      caller.done = true
    }
  }

  const calls: Promise<void>[] = []
  const perform = async (step: Step): Promise<void> => {
    if (step.does === 'wait') clock.time += step.ms
    else if (step.does === 'get') calls.push(get(step.key))
    else if (step.does === 'leave') {
      const waiting = callers.filter((caller) => caller.key === step.key && !caller.done)
      if (waiting.length === 1) cutOff(step.key)
      waiting[0]?.signal.abort()
      if (waiting[0]) waiting[0].done = true
    } else {
      cache[step.does](step.key)
      cutOff(step.key)
      cuts.push({ key: step.key, kind: step.does, at: moment().at })
    }
  }
  scheduler.scheduleSequence(steps.map((step) => ({ builder: () => perform(step), label: JSON.stringify(step) })))
  await scheduler.waitIdle()
  await Promise.all(calls)
  return [...broken]
}

const scenario = fc.record({
  steps: fc.array(step, { maxLength: 14 }),
  endings: fc.array(ending, { minLength: 1, maxLength: 6 }),
})

test('one load a key, nothing old without an error, nothing from before an invalidation', async () => {
  const keepsTheRules = fc.asyncProperty(fc.scheduler(), scenario, async (scheduler, one) =>
    expect(await brokenRules(createCache, scheduler, one)).toEqual([]),
  )
  await fc.assert(keepsTheRules, { numRuns: 5000 })
})

/** The cache that one writes first. Each flaw below is one line of it. */
function naiveCache(flaw: 'keeps late results' | 'loads twice' | 'counts from the end' | 'serves stale'): CreateCache {
  return ({ ttlMs, now }) => {
    const entries = new Map<string, { value: LoadRecord | undefined; until: number; load: object }>()
    const flights = new Map<string, { load: object; result: Promise<LoadRecord | undefined> }>()
    const read = async (key: string, load: object, run: () => Promise<LoadRecord | undefined>) => {
      await Promise.resolve()
      const start = now()
      const value = await run().finally(() => flights.get(key)?.load === load && flights.delete(key))
      const until = (flaw === 'counts from the end' ? now() : start) + (value ? ttlMs : 0)
      if (flaw === 'keeps late results' || !cutOff.has(load)) entries.set(key, { value, until, load })
      return value
    }
    const cutOff = new WeakSet<object>()
    const cut = (key: string) => {
      entries.delete(key)
      const flight = flights.get(key)
      if (flight) cutOff.add(flight.load)
      flights.delete(key)
    }
    return {
      async get(key, run) {
        const entry = entries.get(key)
        if (entry && (now() < entry.until || (flaw === 'serves stale' && entry.value))) return entry.value
        const flight = flights.get(key)
        if (flight && flaw !== 'loads twice') return flight.result
        const load = {}
        const result = read(key, load, () => run(AbortSignal.any([])))
        flights.set(key, { load, result })
        return result
      },
      invalidate: cut,
      expire: cut,
    }
  }
}

test.each([
  ['keeps late results', 'nothing old'],
  ['loads twice', 'one load a key'],
  ['counts from the end', 'nothing old'],
  ['serves stale', 'nothing old'],
] as const)('the rules see a cache that %s', async (flaw, rule) => {
  const keepsTheRule = fc.asyncProperty(fc.scheduler(), scenario, async (scheduler, one) => {
    const broken = await brokenRules(naiveCache(flaw), scheduler, one)
    return !broken.includes(rule)
  })
  expect(await fc.check(keepsTheRule, { numRuns: 5000, endOnFailure: true })).toHaveProperty('failed', true)
})
