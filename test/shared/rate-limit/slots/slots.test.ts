import type { ConcurrencyPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { createSlotStore } from '../../../../functions/shared/rate-limit/slots/slot-store.ts'
import { createSlots } from '../../../../functions/shared/rate-limit/slots/slots.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../../support/fake-dynamodb.ts'
import { transientError } from '../../resilience/operations.ts'
import { memoryTable } from '../support/memory-table.ts'

const POLICY: ConcurrencyPolicy = { name: 'jobs', algorithm: 'concurrency', limit: 2 }
const { signal } = new AbortController()

function slotsOver(wrap: (dynamodb: DynamoDBCall) => DynamoDBCall = (dynamodb) => dynamodb) {
  const clock = fakeClock(1_000_000)
  const table = memoryTable()
  const degraded: unknown[] = []
  const slots = createSlots({
    client: clientOf(wrap(table.dynamodb)),
    tableName: 'limits',
    now: clock.now,
    startTimer: clock.startTimer,
    onDegraded: (event) => degraded.push(event),
  })
  const slot = (slotId: string, policy: Partial<ConcurrencyPolicy> = {}, subject = 'org:7') => ({
    policy: { ...POLICY, ...policy },
    subject,
    slotId,
    ttlMs: 10_000,
  })
  return {
    clock,
    table,
    degraded,
    slot,
    item: () => table.item('Q#jobs#org:7', 'slots'),
    acquire: (...args: Parameters<typeof slot>) => slots.acquire(slot(...args), signal),
    heartbeat: (...args: Parameters<typeof slot>) => slots.heartbeat(slot(...args), signal),
    release: (...args: Parameters<typeof slot>) => slots.release(slot(...args), signal),
    slots,
  }
}
const failing = () => slotsOver(() => async () => Promise.reject(transientError()))
const acquired = (expiresAt: number) => ({ outcome: 'acquired', expiresAt, degraded: false })

test('slots are taken until none is left, and given back', async () => {
  const { clock, acquire, release } = slotsOver()
  expect(await acquire('a')).toEqual(acquired(1_010_000))
  await clock.advance(1000)
  expect(await acquire('b')).toEqual(acquired(1_011_000))
  expect(await acquire('c')).toEqual({ outcome: 'denied', retryAfterMs: 9000, degraded: false })
  await release('a')
  expect(await acquire('c')).toMatchObject({ outcome: 'acquired' })
})

test('each subject has its own', async () => {
  const { acquire } = slotsOver()
  for (const subject of ['org:7', 'org:8']) {
    expect(await acquire('a', { limit: 1 }, subject)).toMatchObject({ outcome: 'acquired' })
  }
})

test('asked again with the same id, it is the same slot', async () => {
  const { clock, acquire } = slotsOver()
  await acquire('a')
  await clock.advance(500)
  expect(await acquire('a')).toEqual(acquired(1_010_000))
  expect(await acquire('b')).toMatchObject({ outcome: 'acquired' })
})

test('a lost holder frees its slot at expiry, not before', async () => {
  const { clock, acquire } = slotsOver()
  await acquire('a', { limit: 1 })
  await clock.advance(9999)
  expect(await acquire('b', { limit: 1 })).toMatchObject({ outcome: 'denied', retryAfterMs: 1 })
  await clock.advance(1)
  expect(await acquire('b', { limit: 1 })).toMatchObject({ outcome: 'acquired' })
})

test('a heartbeat keeps a slot, and tells who has lost it', async () => {
  const { clock, acquire, heartbeat } = slotsOver()
  await acquire('a', { limit: 1 })
  await clock.advance(9999)
  expect(await heartbeat('a')).toBe(1_019_999)
  await clock.advance(10_000)
  expect(await heartbeat('a')).toBeUndefined()
  expect(await heartbeat('never')).toBeUndefined()
})

test('a heartbeat never takes time away: an earlier one may arrive later', async () => {
  const { slots, slot, acquire } = slotsOver()
  await acquire('a')
  expect(await slots.heartbeat({ ...slot('a'), ttlMs: 1000 }, signal)).toBe(1_010_000)
})

test('a slot is given back once, lost ones too', async () => {
  const { acquire, release, item } = slotsOver()
  await release('never')
  await acquire('a')
  await release('a')
  await release('a')
  expect(item()?.holders).toEqual({ M: {} })
  expect(await acquire('b')).toMatchObject({ outcome: 'acquired' })
})

test('the item outlives every expiry that there may be', async () => {
  const { clock, acquire, heartbeat, item } = slotsOver()
  await acquire('a')
  expect(item()?.ttl).toEqual({ N: String(1_000 + 3600 + 60) })
  await clock.advance(5500)
  await heartbeat('a')
  expect(item()?.ttl).toEqual({ N: String(1_006 + 3600 + 60) })
  await clock.advance(1000)
  await acquire('b')
  expect(item()?.ttl).toEqual({ N: String(1_007 + 3600 + 60) })
})

test('after a limit was lowered, all who expired are cleaned up before the next slot is taken', async () => {
  const { clock, acquire, item } = slotsOver()
  for (let index = 0; index < 60; index++) await acquire(`slot-${index}`, { limit: 60 })
  await clock.advance(10_000)
  expect(await acquire('new', { limit: 1 })).toMatchObject({ outcome: 'acquired' })
  expect(Object.keys(item()?.holders?.M ?? {})).toEqual(['new'])
})

test('whoever came and went meanwhile is in nobody else’s way', async () => {
  let writes = 0
  const { acquire } = slotsOver((dynamodb) => async (operation, input, options) => {
    writes += 1
    if (writes === 2) {
      const other = { pk: 'Q#jobs#org:7', slotId: 'other' }
      const store = createSlotStore({ client: clientOf(dynamodb), tableName: 'limits', now: () => 1_000_000 })
      await store.acquire({ ...other, limit: 2, ttlMs: 1000 }, signal)
      await store.release(other, signal)
    }
    return dynamodb(operation, input, options)
  })
  expect(await acquire('a')).toEqual(acquired(1_010_000))
  expect(writes).toBe(2)
})

test('a policy that is off asks nothing, nor does an exempt subject', async () => {
  const { acquire, heartbeat, release, degraded } = failing()
  for (const policy of [{ mode: 'off' }, { allow: ['org:*'] }] as const) {
    expect(await acquire('a', { ...policy, limit: 1 })).toEqual(acquired(1_010_000))
    expect(await heartbeat('a', policy)).toBe(1_010_000)
    await release('a', policy)
  }
  expect(degraded).toEqual([])
})

test('a subject that is denied by a pattern has no slot to keep, but gives back what it had before', async () => {
  const { acquire, heartbeat, release, item } = slotsOver()
  await acquire('a')
  const denying = { deny: ['org:7'] }
  expect(await heartbeat('a', denying)).toBeUndefined()
  expect(await heartbeat('a', { ...denying, mode: 'shadow' })).toBe(1_010_000)
  await release('a', denying)
  expect(item()?.holders).toEqual({ M: {} })
})

test('a subject that is denied never gets a slot', async () => {
  const { acquire } = slotsOver()
  expect(await acquire('a', { allow: ['*'], deny: ['org:7'] })).toEqual({
    outcome: 'denied',
    retryAfterMs: null,
    degraded: false,
  })
})

test('a shadow policy lets everybody in, and says whom it would have denied', async () => {
  const { acquire, heartbeat, release } = slotsOver()
  const shadow = { mode: 'shadow', limit: 1 } as const
  expect(await acquire('a', shadow)).toEqual({ ...acquired(1_010_000), wouldDeny: false })
  expect(await acquire('b', shadow)).toEqual({ ...acquired(1_010_000), wouldDeny: true })
  expect(await acquire('c', { ...shadow, deny: ['org:7'] })).toMatchObject({ outcome: 'acquired', wouldDeny: true })
  expect(await heartbeat('b', shadow)).toBe(1_010_000)
  await release('a', shadow)
  expect(await acquire('c', shadow)).toMatchObject({ wouldDeny: false })
})

test('a shadow policy does not fail where its table does', async () => {
  const { acquire, heartbeat, release } = failing()
  const shadow = { mode: 'shadow' } as const
  expect(await acquire('a', shadow)).toMatchObject({ outcome: 'acquired', wouldDeny: true, degraded: true })
  expect(await heartbeat('a', shadow)).toBe(1_010_000)
  await expect(release('a', shadow)).resolves.toBeUndefined()
})

test.each([
  [undefined, { outcome: 'denied', retryAfterMs: 1000 }],
  ['closed', { outcome: 'denied', retryAfterMs: 1000 }],
  ['open', { outcome: 'acquired', expiresAt: 1_010_000 }],
] as const)('without a table, a policy that is %s decides by that', async (onError, answer) => {
  const { acquire, degraded } = failing()
  expect(await acquire('a', { limit: 30, ...(onError && { onError }) })).toEqual({ ...answer, degraded: true })
  expect(degraded).toEqual([{ policy: 'jobs', error: transientError() }])
})

test('without a table, a local policy lets a tenth of its limit in', async () => {
  const { clock, acquire, heartbeat, release } = failing()
  const local = { onError: 'local', limit: 29 } as const
  expect(await acquire('a', local)).toEqual({ outcome: 'acquired', expiresAt: 1_010_000, degraded: true })
  expect(await acquire('a', local)).toMatchObject({ outcome: 'acquired' })
  expect(await acquire('b', local)).toMatchObject({ outcome: 'acquired' })
  expect(await acquire('c', local)).toEqual({ outcome: 'denied', retryAfterMs: 10_000, degraded: true })
  await clock.advance(4000)
  expect(await heartbeat('b', local)).toBe(1_014_000)
  await expect(release('a', local)).rejects.toThrow('down')
  expect(await acquire('c', local)).toMatchObject({ outcome: 'acquired' })
  await clock.advance(10_000)
  await expect(heartbeat('b', local)).rejects.toThrow('down')
  expect(await acquire('d', { onError: 'local', limit: 9 })).toMatchObject({ outcome: 'denied', retryAfterMs: 1000 })
})

test('a local heartbeat never takes time away', async () => {
  const { acquire, slots, slot } = failing()
  const local = { onError: 'local', limit: 29 } as const
  await acquire('a', local)
  expect(await slots.heartbeat({ ...slot('a', local), ttlMs: 1000 }, signal)).toBe(1_010_000)
})

test('an outage with very many subjects lets no more than a thousand of them in', async () => {
  const { clock, acquire } = failing()
  const local = { onError: 'local', limit: 10 } as const
  for (let index = 0; index < 1000; index++) await acquire('a', local, `org:${index}`)
  expect(await acquire('a', local, 'org:1000')).toMatchObject({ outcome: 'denied', retryAfterMs: 1000 })
  expect(await acquire('a', local, 'org:7')).toMatchObject({ outcome: 'acquired' })
  await clock.advance(10_000)
  expect(await acquire('a', local, 'org:1000')).toMatchObject({ outcome: 'acquired' })
})

test('what takes longer than the budget is decided without the table, and given up', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const { clock, acquire } = slotsOver(() => (_operation, _input, { signal } = {}) => {
    signals.push(signal)
    return new Promise(() => {})
  })
  const answer = acquire('a', { onError: 'open' })
  await clock.advance(50)
  expect(await answer).toMatchObject({ outcome: 'acquired', degraded: true })
  expect(signals.map((each) => each?.aborted)).toEqual([true])
  expect(clock.pendingTimers()).toBe(0)
})

test('a heartbeat that could not be told is no lost slot', async () => {
  const { heartbeat } = failing()
  await expect(heartbeat('a')).rejects.toThrow('down')
})

/** Others are in the way of so many writes. */
function busyFor(refusals: number) {
  let writes = 0
  const slots = slotsOver((dynamodb) => async (...call) => {
    writes += 1
    if (writes <= refusals) throw refusal('ConditionalCheckFailedException')
    return dynamodb(...call)
  })
  return { ...slots, writes: () => writes }
}

test('the last of 30 writes may take a slot', async () => {
  expect(await busyFor(29).acquire('a')).toEqual(acquired(1_010_000))
})

test('holders that change during each of 30 writes are a failure that may pass', async () => {
  const { acquire, degraded, writes } = busyFor(Number.POSITIVE_INFINITY)
  expect(await acquire('a')).toMatchObject({ outcome: 'denied', degraded: true })
  expect(degraded).toMatchObject([{ error: { code: 'conflict', retryable: true } }])
  expect(writes()).toBe(30)
})

test('who takes an expired slot of its own anew takes no second place, even if it was just removed', async () => {
  const world = slotsOver((dynamodb) => async (operation, input, options) => {
    writes += 1
    if (writes === 4) {
      const store = createSlotStore({ client: clientOf(dynamodb), tableName: 'limits', now: world.clock.now })
      await store.release({ pk: 'Q#jobs#org:7', slotId: 'a' }, signal)
      await store.acquire({ pk: 'Q#jobs#org:7', slotId: 'b', limit: 2, ttlMs: 1000 }, signal)
      await store.acquire({ pk: 'Q#jobs#org:7', slotId: 'c', limit: 2, ttlMs: 1000 }, signal)
    }
    return dynamodb(operation, input, options)
  })
  let writes = 0
  await world.acquire('a')
  await world.clock.advance(10_000)
  expect(await world.acquire('a')).toMatchObject({ outcome: 'denied' })
  expect(Object.keys(world.item()?.holders?.M ?? {})).toEqual(['b', 'c'])
})

test('nobody has to be told of an outage', async () => {
  const dynamodb = (() => Promise.reject(transientError())) as DynamoDBCall
  const clock = fakeClock(0)
  const slots = createSlots({
    client: clientOf(dynamodb),
    tableName: 'limits',
    now: clock.now,
    startTimer: clock.startTimer,
  })
  const slot = { policy: POLICY, subject: 'org:7', slotId: 'a', ttlMs: 1000 }
  expect(await slots.acquire(slot, signal)).toMatchObject({ outcome: 'denied', degraded: true })
})

test.each([
  [{ ttlMs: 999 }, 'ttlMs is 999'],
  [{ ttlMs: 3_600_001 }, 'ttlMs is 3600001'],
])('out of range: %j', async (wrong, message) => {
  const { slots, slot } = slotsOver()
  await expect(slots.acquire({ ...slot('a'), ...wrong }, signal)).rejects.toThrow(message)
  await expect(slots.heartbeat({ ...slot('a'), ...wrong }, signal)).rejects.toThrow(message)
})

test.each([
  [{ policy: { ...POLICY, limit: 501 } }, 'limit is 501'],
  [{ policy: { ...POLICY, limit: 0 } }, 'limit is 0'],
  [{ policy: { ...POLICY, limit: 2.5 } }, 'limit is 2.5'],
  [{ policy: { ...POLICY, name: 'a#b' } }, 'name is "a#b"'],
  [{ subject: '' }, 'subject has 0 bytes'],
  [{ subject: 'é'.repeat(129) }, 'subject has 258 bytes'],
])('what no slot can be of: %j', async (wrong, message) => {
  const { slots, slot } = slotsOver()
  for (const ask of [slots.acquire, slots.heartbeat, slots.release]) {
    await expect(ask({ ...slot('a'), ...wrong }, signal)).rejects.toThrow(message)
  }
})
