import fc from 'fast-check'
import {
  type Lease,
  type LeaseLockOptions,
  type LeaseStore,
  leaseLock,
} from '../../../functions/shared/resilience/lease-lock.ts'

const { signal } = new AbortController()
const LEASE_MS = 100

/** Keeps leases in memory, by the rules of `createLeaseStore`: see `lease-store.store.test.ts`. */
function leasesInMemory(): LeaseStore {
  const leases = new Map<string, { holder: string; until: number; token: number }>()
  return {
    async acquire({ name, holder, now, until }) {
      const last = leases.get(name)
      if (last && last.until > now && last.holder !== holder) return { outcome: 'held', until: last.until }
      const token = last?.holder === holder ? last.token : (last?.token ?? 0) + 1
      leases.set(name, { holder, until, token })
      return { outcome: 'granted', lease: { name, token } }
    },
    async release({ name, token }) {
      const last = leases.get(name)
      if (last?.token === token) leases.set(name, { ...last, until: 0 })
    },
  }
}

function locking(more: Partial<LeaseLockOptions> = {}) {
  let holders = 0
  const timers: { callback: () => void; ms: number; isOn: boolean }[] = []
  const failures: unknown[] = []
  const lock = leaseLock({
    store: leasesInMemory(),
    leaseMs: LEASE_MS,
    newHolder: () => `holder-${holders++}`,
    now: () => 1000,
    startTimer: (callback, ms) => {
      const timer = { callback, ms, isOn: true }
      timers.push(timer)
      return () => {
        timer.isOn = false
      }
    },
    onReleaseFailed: (error) => failures.push(error),
    ...more,
  })
  return { lock, timers, failures }
}

test('work runs with the token of its lease, and its value is returned', async () => {
  const { lock } = locking()
  const tokenOf = async ({ token }: Lease) => token
  expect(await lock('a', tokenOf, signal)).toEqual({ outcome: 'done', value: 1 })
  expect(await lock('a', tokenOf, signal)).toEqual({ outcome: 'done', value: 2 })
  expect(await lock('b', tokenOf, signal)).toEqual({ outcome: 'done', value: 1 })
})

test('work does not run while another holder has the lease, whose remaining time is told', async () => {
  const store = leasesInMemory()
  await store.acquire({ name: 'a', holder: 'other', now: 970, until: 1070 }, signal)
  const work = async () => {
    throw new Error('It ran.')
  }
  expect(await locking({ store }).lock('a', work, signal)).toEqual({ outcome: 'held', retryAfterMs: 70 })
})

test('the signal of the work aborts with the lease, and with the caller’s signal', async () => {
  const caller = new AbortController()
  const { lock, timers } = locking()
  await lock(
    'a',
    async (_, inner) => {
      expect([timers[0]?.ms, inner.aborted]).toEqual([LEASE_MS, false])
      timers[0]?.callback()
      expect(inner.aborted).toBe(true)
    },
    caller.signal,
  )
  await lock(
    'a',
    async (_, inner) => {
      caller.abort()
      expect(inner.aborted).toBe(true)
    },
    caller.signal,
  )
})

test('the lease of failed work is released, and the failure is the caller’s', async () => {
  const { lock, timers } = locking()
  const failure = new Error('No.')
  await expect(
    lock(
      'a',
      async () => {
        throw failure
      },
      signal,
    ),
  ).rejects.toBe(failure)
  expect((await lock('a', async () => 1, signal)).outcome).toBe('done')
  expect(timers.every(({ isOn }) => !isOn)).toBe(true)
})

test('a failed release hides neither the value nor the failure of the work', async () => {
  const failure = new Error('No table.')
  const store = { ...leasesInMemory(), release: async () => Promise.reject(failure) }
  const { lock, failures, timers } = locking({ store })
  expect(await lock('a', async () => 1, signal)).toEqual({ outcome: 'done', value: 1 })
  expect([failures, timers[0]?.isOn]).toEqual([[failure], false])
})

test('a failed request for a lease runs no work, and leaves no timer', async () => {
  const failure = new Error('No table.')
  const store = { ...leasesInMemory(), acquire: async () => Promise.reject(failure) }
  const { lock, timers } = locking({ store })
  await expect(lock('a', async () => 1, signal)).rejects.toBe(failure)
  expect(timers[0]?.isOn).toBe(false)
})

/** A counter that its holders read, and later write one higher, as a resource that checks tokens or not. */
function counting(checksTokens: boolean) {
  let [value, fence] = [0, 0]
  return {
    value: () => value,
    takeOver: async (token: number) => {
      if (checksTokens && token < fence) return undefined
      fence = token
      return value
    },
    write: async (token: number, next: number) => {
      if (checksTokens && token !== fence) return false
      value = next
      return true
    },
  }
}

/**
 * Runs workers that pause anywhere, for longer than their lease or not, on clocks that differ. Returns the resource's
 * count, and the writes that it accepted.
 */
async function race(scheduler: fc.Scheduler, clocks: readonly number[], checksTokens: boolean) {
  const resource = counting(checksTokens)
  const takeOver = scheduler.scheduleFunction(resource.takeOver)
  const write = scheduler.scheduleFunction(resource.write)
  const store = leasesInMemory()
  const tokens: number[] = []
  let accepted = 0
  const workers = clocks.map(async (clock, index) => {
    const { lock } = locking({ store, newHolder: () => `worker-${index}`, now: () => clock })
    await lock(
      'a',
      async ({ token }) => {
        tokens.push(token)
        const value = await takeOver(token)
        if (value !== undefined && (await write(token, value + 1))) accepted += 1
      },
      signal,
    )
  })
  await scheduler.waitFor(Promise.all(workers))
  return { count: resource.value(), accepted, tokens }
}

/** Clocks whose differences exceed a lease, so that several workers believe that they have it. */
const clocks = fc.array(fc.nat({ max: 10 * LEASE_MS }), { minLength: 2, maxLength: 6 })

test('whatever pauses and clocks do, no write of an earlier holder is accepted after a later one took over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), clocks, async (scheduler, times) => {
      const { count, accepted, tokens } = await race(scheduler, times, true)
      expect(count).toBe(accepted)
      expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
    }),
  )
})

test('without the token’s check a write is lost: the lease alone is not enough', async () => {
  const isLost = async (scheduler: fc.Scheduler, times: number[]) => {
    const { count, accepted } = await race(scheduler, times, false)
    return count !== accepted
  }
  const found = await fc.check(
    fc.asyncProperty(fc.scheduler(), clocks, async (scheduler, times) => !(await isLost(scheduler, times))),
  )
  expect(found.failed).toBe(true)
})
